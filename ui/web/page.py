"""The web chat: one Gradio page, the wiring of its events, and its server.

The look of answers is in render.py and page.css; what a click opens in the browser is in page.js.
Nothing on the page comes from outside the machine: its Content-Security-Policy enforces that.
"""

import os
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant import Assistant
from index import Library
from ui.web import render
from ui.web.articles import PANE_BAR
from ui.web.desk import FAILED, Desk

if TYPE_CHECKING:
    import gradio as gr
    from gradio.components import FormComponent
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HERE = Path(__file__).parent
FILE_TYPES = [
    ".html",
    ".htm",
    ".txt",
    ".md",
    ".pdf",
    ".jsonl",
    ".json",
    ".csv",
    ".xml",
    ".rss",
    ".atom",
]
MAX_FILE_SIZE = "100mb"
# With Gradio's default of 1, 100 clients wait 10.7 s (median); with 20, they wait 1.2 s.
CONCURRENT_QUESTIONS = 20
PORTS = 100
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# Gradio's page has inline scripts and compiles templates, so both must stay allowed.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


def build(assistant: Assistant, *, examples: Sequence[str] = ()) -> "gr.Blocks":
    """Build the page, without serving it.

    Args:
        assistant: answers the questions. The page shows its library and adds to it.
        examples: questions to click on while the conversation is empty.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    import gradio as gr

    desk = Desk(assistant, examples)

    def open_article(request: dict[str, Any]) -> str:
        return desk.article(
            str(request["article"]), str(request.get("span") or ""), bool(request.get("page"))
        )

    def list_articles(words: str) -> str:
        return desk.listing(str(words))

    page = gr.Blocks(
        title="Dateline", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    )
    with page:
        _wire(page, desk, _lay_out(open_article, list_articles))
    return page


class _Parts(NamedTuple):
    """The parts of the page that are read, written or clicked."""

    answers: "gr.State"
    header: "gr.HTML"
    transcript: "gr.HTML"
    live: "gr.HTML"
    problem: "gr.HTML"
    box: "gr.Textbox"
    filters: "list[FormComponent]"
    pasted: "gr.Textbox"
    add: "gr.Button"
    files: "gr.File"
    report: "gr.HTML"
    listing: "gr.HTML"
    reading: "gr.HTML"


def _lay_out(*functions: Callable[..., str]) -> _Parts:
    """Lay out the parts; page.js calls ``functions``."""
    import gradio as gr

    answers = gr.State(())
    header = _html("dl-header")
    with gr.Row(elem_id="dl-desk"):
        with gr.Column(elem_id="dl-chat"):
            transcript, live = _html("dl-transcript"), _html("dl-live")
            problem, box, *filters = _composer()
        with gr.Column(elem_id="dl-pane"):
            _html("dl-bar", PANE_BAR)
            with gr.Column(elem_id="dl-library"):
                pasted, add, files, report = _adding()
                listing = _html("dl-list")
            reading = gr.HTML(
                apply_default_css=False,
                elem_id="dl-article",
                js_on_load=(HERE / "page.js").read_text(encoding="utf-8"),
                server_functions=list(functions),
            )
    return _Parts(
        answers,
        header,
        transcript,
        live,
        problem,
        box,
        filters,
        pasted,
        add,
        files,
        report,
        listing,
        reading,
    )


def _wire(page: "gr.Blocks", desk: Desk, parts: _Parts) -> None:
    """Wire the events: a question is asked, articles are added, a new chat is started."""
    _wire_questions(desk, parts)
    refresh: dict[str, Any] = {
        "inputs": [parts.answers],
        "outputs": [parts.header, parts.transcript, parts.listing, parts.filters[0]],
    } | _QUIET
    page.load(desk.refresh, **refresh)
    pasted, report = [parts.pasted, parts.report], [parts.report]
    files = [parts.files, parts.report]
    added = [
        parts.add.click(desk.add_pasted, inputs=[parts.pasted], outputs=pasted, **_QUIET),
        parts.files.upload(desk.add_files, inputs=[parts.files], outputs=files, **_QUIET),
    ]
    for event in added:
        event.failure(lambda: render.render_problem(FAILED), outputs=report, **_QUIET)
        event.then(desk.refresh, **refresh)


def _wire_questions(desk: Desk, parts: _Parts) -> None:
    import gradio as gr

    def example(event: gr.EventData) -> str:
        return str(event.question)

    shown = [parts.transcript, parts.live, parts.problem]
    ask: dict[str, Any] = {
        "inputs": [parts.box, parts.answers, *parts.filters],
        "outputs": [parts.box, parts.answers, *shown],
        "concurrency_id": "ask",
    } | _QUIET
    clicked = parts.reading.ask(example, outputs=[parts.box], **_QUIET)
    asked = [
        parts.box.submit(desk.ask, concurrency_limit=CONCURRENT_QUESTIONS, **ask),
        clicked.then(desk.ask, **ask),
    ]
    for event in asked:
        event.failure(desk.failed, inputs=[parts.answers], outputs=shown, **_QUIET)
    parts.reading.fresh(desk.fresh, outputs=[parts.answers, *shown], cancels=asked, **_QUIET)


def _html(elem_id: str, value: str = "") -> "gr.HTML":
    import gradio as gr

    return gr.HTML(value, elem_id=elem_id, apply_default_css=False)


def _composer() -> "tuple[gr.HTML, gr.Textbox, gr.Dropdown, gr.Textbox, gr.Textbox]":
    """The problem line, the question box, and the filters: outlets, since, until.

    page.js turns the last two into date fields.
    """
    import gradio as gr

    with gr.Column(elem_id="dl-composer"):
        problem = _html("dl-problem")
        box = gr.Textbox(
            elem_id="dl-question",
            placeholder="Ask the articles",
            label="Question",
            show_label=False,
            container=False,
            lines=1,
            max_lines=6,
            submit_btn=True,
            autofocus=True,
        )
        with gr.Accordion("Only some outlets or days", open=False, elem_id="dl-filters"), gr.Row():
            outlets = gr.Dropdown([], multiselect=True, label="Outlets", elem_id="dl-outlets")
            since = gr.Textbox(label="Since", elem_id="dl-since", max_lines=1)
            until = gr.Textbox(label="Until", elem_id="dl-until", max_lines=1)
    return problem, box, outlets, since, until


def _adding() -> "tuple[gr.Textbox, gr.Button, gr.File, gr.HTML]":
    """Where articles are added: a box to paste into, a drop area for files, and the report."""
    import gradio as gr

    with gr.Accordion("Add articles", open=False, elem_id="dl-adding"):
        pasted = gr.Textbox(
            elem_id="dl-paste",
            label="Paste a page, or its address",
            placeholder="Paste the whole page: menus, captions and share lines are left out.",
            lines=4,
            max_lines=10,
        )
        add = gr.Button("Add this page", elem_id="dl-add", variant="primary", size="md")
        files = gr.File(
            elem_id="dl-files",
            label="Files to add",
            show_label=False,
            file_count="multiple",
            file_types=FILE_TYPES,
            height=120,
        )
        report = _html("dl-report")
    return pasted, add, files, report


@contextmanager
def running(
    assistant: Assistant, *, host: str = "127.0.0.1", port: int = 7860, examples: Sequence[str] = ()
) -> Iterator[str]:
    """Serve the page while the block runs; yields its address.

    Args:
        assistant: answers the questions.
        host: the address to listen on; 127.0.0.1 is only this machine.
        port: the first port to try; the next free one is taken. 0 takes any.
        examples: see ``build``.

    Raises:
        OSError: no port is free on this address, or the address is not this machine's.
    """
    from starlette.middleware import Middleware

    page = build(assistant, examples=examples).queue(max_size=256, api_open=False)
    # The CSS goes into the head, since launch(css=) rewrites selectors.
    css = (HERE / "page.css").read_text(encoding="utf-8")
    _, url, _ = page.launch(
        server_name=host,
        server_port=_free_port(host, port),
        theme=_theme(),
        head=f"<style>{css}</style>",
        favicon_path=HERE / "favicon.svg",
        max_file_size=MAX_FILE_SIZE,
        footer_links=[],
        share=False,
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        quiet=True,
        prevent_thread_lock=True,
        app_kwargs={"middleware": [Middleware(_Policy)]},
    )
    try:
        yield url
    finally:
        page.close(verbose=False)


def serve(
    library: Library,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    examples: Sequence[str] = (),
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the chat over ``library`` until interrupted (Ctrl-C).

    Args:
        library: an open library; it is left open.
        host: the address to listen on; 127.0.0.1 is only this machine.
        port: the first port to try; the next free one is taken. 0 takes any.
        open_browser: show the page in the user's browser.
        examples: questions to click on while the conversation is empty.
        on_ready: called with the address.

    Raises:
        OSError: no port is free on this address, or the address is not this machine's.
    """
    assistant = Assistant(library)
    with running(assistant, host=host, port=port, examples=examples) as url:
        if on_ready:
            on_ready(url)
        if open_browser:
            webbrowser.open(url)
        assistant.warm_in_background()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


class _Policy:
    """Sends the Content-Security-Policy along with every response."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def send_with_policy(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", _POLICY.encode()),
                ]
            await send(message)

        await self.app(scope, receive, send_with_policy)


def _free_port(host: str, port: int) -> int:
    for candidate in range(port, port + PORTS) if port else (0,):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind((host, candidate))
                return int(probe.getsockname()[1])
    raise OSError(
        f"no port from {port} on is free on {host}; tried {PORTS} ports; "
        "name another address or port"
    )


def _theme() -> "gr.themes.Base":
    """System fonts, since Gradio's themes bundle or fetch theirs, and the colours of page.css."""
    import gradio as gr

    return gr.themes.Base(
        font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"], radius_size="sm"
    ).set(
        body_background_fill="#fbfaf7",
        body_background_fill_dark="#171614",
        body_text_color="#1d1b18",
        body_text_color_dark="#ece8e1",
    )
