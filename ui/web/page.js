// What a click does on Dateline's page: opens an article in the pane, asks an example, starts anew. Knows nothing of how
// answers look. Gradio runs this as the pane's js_on_load, with element, trigger ('ask', 'fresh') and server in scope.

const pane = document.getElementById('dl-pane');
const wide = window.matchMedia('(min-width: 1080px)');
const still = window.matchMedia('(prefers-reduced-motion: reduce)');
const reading = element.appendChild(document.createElement('div'));
let listTop = 0; // where the list was scrolled to when an article was opened from it
let shown = null; // what the pane shows: {article, span, page}
let opener = null; // what had the focus before the sheet opened

pane.setAttribute('aria-label', 'Articles');
pane.dataset.view = 'library';

const sheetIsOpen = () => !wide.matches && pane.classList.contains('dl-open-sheet');

function arrange() {
  const open = sheetIsOpen();
  pane.setAttribute('role', wide.matches ? 'complementary' : 'dialog');
  pane.toggleAttribute('aria-modal', open);
  for (const behind of document.querySelectorAll('#dl-header, #dl-chat')) behind.inert = open;
  document.documentElement.classList.toggle('dl-still', open);
}

function openSheet(from) {
  if (wide.matches || sheetIsOpen()) return;
  opener = from;
  pane.classList.add('dl-open-sheet');
  history.pushState({dateline: 'sheet'}, ''); // so that a phone's Back closes the sheet, not the page
  arrange();
}

function closeSheet() {
  if (!sheetIsOpen()) return;
  pane.classList.remove('dl-open-sheet');
  arrange();
  opener?.focus();
}

function showLibrary(from) {
  pane.dataset.view = 'library';
  openSheet(from);
  pane.scrollTop = listTop;
  if (sheetIsOpen()) pane.querySelector('[data-close]').focus();
}

async function showArticle(request, from) {
  if (pane.dataset.view === 'library') listTop = pane.scrollTop;
  shown = request;
  pane.dataset.view = 'article';
  openSheet(from);
  let html;
  try {
    html = await server.open_article(request);
  } catch {
    html = '<p class="dl-problem" role="alert">The article could not be fetched: is Dateline still running?</p>';
  }
  if (shown !== request) return; // another one was opened meanwhile
  reading.innerHTML = html;
  pane.querySelector('[data-title]').textContent = reading.querySelector('h2')?.textContent ?? '';
  const mark = reading.querySelector('mark');
  const offset = mark ? mark.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3 : 0;
  pane.scrollTop = mark ? pane.scrollTop + offset : 0;
  reading.querySelector('h2')?.focus({preventScroll: true});
}

async function find(words, list) {
  const html = await server.list_articles(words);
  const field = list.parentElement.querySelector('[data-find]');
  if (field.value === words) list.innerHTML = html;
}

function unfoldAdding() {
  const label = document.querySelector('#dl-adding > .label-wrap');
  if (!label.classList.contains('open')) label.click();
}

document.addEventListener('click', (event) => {
  const target = event.target.closest(
    '[data-article], [data-pane], [data-add], [data-ask], [data-fresh], [data-toggle], [data-back], [data-close]');
  if (!target) return;
  const data = target.dataset;
  if ('article' in data) showArticle({article: data.article, span: data.span ?? null, page: false}, target);
  else if ('pane' in data) showLibrary(target);
  else if ('add' in data) showLibrary(target), unfoldAdding();
  else if ('toggle' in data) showArticle({...shown, page: !shown.page}, target);
  else if ('back' in data) showLibrary(target);
  else if ('close' in data) history.back();
  else if ('ask' in data) trigger('ask', {question: target.textContent});
  else trigger('fresh');
});

document.addEventListener('input', (event) => {
  if ('find' in event.target.dataset) find(event.target.value, pane.querySelector('[data-list]'));
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  if (sheetIsOpen()) history.back();
  else if (pane.dataset.view === 'article') showLibrary();
});

window.addEventListener('popstate', closeSheet);
wide.addEventListener('change', arrange);

const seen = new WeakSet();

// Gradio puts its parts in as they load, the filters only when they are first unfolded; so all of the page is watched.
new MutationObserver(() => {
  document.getElementById('dl-transcript')?.setAttribute('role', 'log'); // so that screen readers read answers out
  for (const field of document.querySelectorAll('#dl-since input, #dl-until input')) field.type = 'date';
  const turn = document.querySelector('#dl-live .dl-turn');
  if (!turn || seen.has(turn)) return;
  seen.add(turn); // its question comes to the top, and stays there while the stage below it becomes the answer
  turn.scrollIntoView({behavior: still.matches ? 'auto' : 'smooth', block: 'start'});
}).observe(document.body, {childList: true, subtree: true});

arrange();
