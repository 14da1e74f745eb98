"""What ``dateline --help`` and ``dateline COMMAND --help`` say. Knows nothing of options, which explain themselves.

A paragraph that opens with a backspace character is printed as it stands, by click's convention.
"""

DATELINE = """\
Ask your news articles questions.

Every sentence of an answer is quoted from an article, with its outlet and date. Where Dateline finds no sure answer,
it says so. Nothing leaves this machine.

\b
Try it on the articles that come with it:
  dateline --samples ask "Why was Türkiye removed from the F-35 program?"
Then on your own:
  dateline add ~/clippings https://example.com/story
  dateline ask "Who signed the deal, and when?"
  dateline serve --open

"dateline COMMAND --help" explains a command.
"""

ADD = """\
Add articles from files, folders, web addresses, feeds or a pipe.

A LOCATION is a file or a folder (text, HTML, Markdown, PDF, JSONL, CSV, JSON), the address of a page or of a feed,
or - for a page on standard input. Menus, share buttons and the like are left out; title, outlet and date are kept
where the page states them. An article that is added again replaces its older version.

\b
Examples:
  dateline add story.html ~/clippings
  dateline add https://example.com/feed.xml
  pbpaste | dateline add -
"""

ASK = """\
Ask one question.

The answer is quoted from the articles and marked [1], [2], ...; each citation below it has its outlet, day, title
and quotation. Where it finds no sure answer, it says so and shows the closest sentences.

\b
Examples:
  dateline ask "Why was Türkiye removed from the F-35 program?"
  dateline ask "What did the ministry say this week?" --as-of 2025-12-10
  dateline ask "How many were hurt?" --outlet "Daily Post" --since 2025-12-01 --json
"""

CHAT = """\
Talk with the articles here in the terminal.

A follow-up may lean on what went before ("And when was that?"). /open 1 shows the article of a citation, /help the
other commands.

\b
Example:
  dateline --samples chat
"""

SERVE = """\
Serve the web chat from this machine.

Ask, read the articles with the quotations marked, paste pages and drop files. Ctrl-C stops it.

\b
Examples:
  dateline --samples serve --open
  dateline serve --port 8000
"""

LIST = """\
List the articles, newest first: id, day, outlet, title.

\b
Examples:
  dateline list --outlet "Daily Post" --since 2025-12-01
  dateline list --json
"""

SHOW = """\
Show an article and what is known of it.

ID is an id of "dateline list", or the beginning of one that no other article shares.

\b
Examples:
  dateline show 3fa9c1
  dateline show 3fa9c1 --page
"""

REMOVE = """\
Remove articles, by the ids (or beginnings of ids) of "dateline list".

\b
Example:
  dateline remove 3fa9c1 77b0
"""

EVALUATE = """\
Measure the answers to questions whose answers you know.

QUESTIONS is a file with one JSON object a line. "question" is required, and so is one of "answer", "evidence",
"articles" and "answerable"; the rest is up to you, and other fields are refused.

\b
{"question": "Who signed the deal?", "answer": ["Jane Doe", "Mrs. Doe"]}
{"question": "How much did the Patriots cost?", "answerable": false}

\b
question    what to ask
answer      the right answer as the articles put it, or a list of such answers
evidence    a sentence that gives the answer, or a list of such sentences
articles    ids or URLs of articles that hold the answer: one, or a list
answerable  false where the articles do not hold the answer
id          a name for the question, instead of its line
kind        a label of your own; --json hands it on
history     what is asked before it, where it is a follow-up: one, or a list
note        a remark of your own; it is not read
as_of       the day that "this week" counts from, as 2025-12-09
outlets     use only articles of these outlets: one, or a list
since       use only articles of this day or later
until       use only articles of this day or earlier

A quotation is right if it holds the evidence, or if it holds an accepted answer and is from one of the named
articles, where any are named. Words must stand there whole and in order; case, accents and punctuation make no
difference. Short answers are scored as SQuAD 2.0 does it. Each score stands beside its 95 % interval (bootstrap) and
the number of questions that it is a mean of.

\b
Examples:
  dateline evaluate questions.jsonl
  dateline evaluate questions.jsonl --wrong
  dateline evaluate questions.jsonl --json
"""

VERIFY = """\
Check that everything stored is as it was written.

\b
Example:
  dateline verify
"""

SNAPSHOT = """\
Write the library into one new file, while it may be used.

Indexes that can be made again are left out; "dateline restore" makes a library of the file.

\b
Example:
  dateline snapshot library-2025-12-09.dateline
"""

RESTORE = """\
Make a library of a snapshot.

Every article in it is checked first. A library that is sound is never replaced; a damaged one is moved to the folder
"damaged" inside it.

\b
Examples:
  dateline restore library-2025-12-09.dateline
  dateline restore --library other library-2025-12-09.dateline
"""

COMPACT = """\
Write all files anew, without what was removed.

Removing an article takes it out of every search at once; its bytes stay on the disk until they are written over. For a
while this takes twice the room.

\b
Example:
  dateline compact
"""

REPAIR = """\
Mend what verify found.

Rebuilds the indexes from what is stored; articles that can no longer be read are set aside and named.

\b
Example:
  dateline repair
"""
