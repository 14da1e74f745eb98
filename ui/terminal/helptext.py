"""The texts of ``dateline --help`` and ``dateline COMMAND --help``, without the options.

A paragraph that starts with a backspace character is printed unwrapped, by click's convention.
"""

DATELINE = """\
Ask your news articles questions.

Every sentence of an answer is quoted from an article, with its outlet and date. If Dateline finds
no sure answer, it says so. Nothing leaves this machine.

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

A LOCATION is a file or a folder, the address of a page, a file or a feed, or - for a page on
standard input. Menus, share buttons and the like are left
out. Title, outlet and date are kept if the page states them. Adding an article again replaces its
older version, also from another of its addresses: a mobile page, a copy in an archive. A feed that
is a file is read as it is; with --follow, the pages that it links to are fetched.

\b
Examples:
  dateline add story.html ~/clippings
  dateline add https://example.com/feed.xml
  pbpaste | dateline add -

Files may be: {kinds}. Each may be compressed with gzip (.gz). A newsletter's sender is its outlet.
The pages of bookmarks and other lists of addresses are fetched. A scan is read with ocrmypdf or
tesseract if one of them is installed.
"""

ASK = """\
Ask one question.

The answer is quoted from the articles, with markers [1], [2], ... Below it, each citation shows
its outlet, day, title and quotation. If there is no sure answer, Dateline says so and shows the
closest sentences.

\b
Examples:
  dateline ask "Why was Türkiye removed from the F-35 program?"
  dateline ask "What did the ministry say this week?" --as-of 2025-12-10
  dateline ask "How many were hurt?" --outlet "Daily Post" --since 2025-12-01 --json
"""

CHAT = """\
Chat with the articles in the terminal.

A follow-up may refer to earlier questions ("And when was that?"). /open 1 shows the article of
citation 1. /help lists the other commands.

\b
Example:
  dateline --samples chat
"""

SERVE = """\
Serve the web chat from this machine.

On the page you can ask, read the articles with the quotations marked, paste pages and drop files.
Ctrl-C stops the server.

\b
Examples:
  dateline --samples serve --open
  dateline serve --port 8000
"""

LIST = """\
List the articles with id, day, outlet and title, newest first.

\b
Examples:
  dateline list --outlet "Daily Post" --since 2025-12-01
  dateline list --json
"""

SHOW = """\
Show an article and its metadata.

ID is an id from "dateline list", or a beginning of it that no other article shares.

\b
Examples:
  dateline show 3fa9c1
  dateline show 3fa9c1 --page
"""

REMOVE = """\
Remove articles by id, or the beginning of one, as shown by "dateline list".

\b
Example:
  dateline remove 3fa9c1 77b0
"""

EVALUATE = """\
Measure how well questions with known answers are answered.

QUESTIONS is a file with one JSON object per line. "question" is required, and at least one of
"answer", "evidence", "articles" and "answerable". The other fields below are optional. Any field
not listed is refused.

\b
{"question": "Who signed the deal?", "answer": ["Jane Doe", "Mrs. Doe"]}
{"question": "How much did the Patriots cost?", "answerable": false}

\b
question    what to ask
answer      the right answer in the articles' words, or a list of such answers
evidence    a sentence that gives the answer, or a list of such sentences
articles    ids or URLs of articles that hold the answer: one, or a list
answerable  false if the articles do not hold the answer
id          a name for the question, instead of its line number
kind        a label of your own; it is part of the --json output
history     questions asked before it, if it is a follow-up: one, or a list
note        a remark of your own; it is ignored
as_of       the day that "this week" counts from, as 2025-12-09
outlets     use only articles of these outlets: one, or a list
since       use only articles of this day or later
until       use only articles of this day or earlier

A quotation is right if it contains the evidence, or if it contains an accepted answer and is from
one of the named articles, if any are named. Whole words must match, in order; case, accents and
punctuation are ignored. Short answers are scored as in SQuAD 2.0. Each score is shown with its 95 %
interval (bootstrap) and the number of questions it is averaged over.

\b
Examples:
  dateline evaluate questions.jsonl
  dateline evaluate questions.jsonl --wrong
  dateline evaluate questions.jsonl --json
"""

VERIFY = """\
Check the library for damage.

Everything stored is compared with what was written.

\b
Example:
  dateline verify
"""

SNAPSHOT = """\
Write the library into one new file.

The library can be used meanwhile. Indexes that can be rebuilt are left out. "dateline restore"
makes a library from the file.

\b
Example:
  dateline snapshot library-2025-12-09.dateline
"""

RESTORE = """\
Make a library from a snapshot.

Every article in the snapshot is checked first. A sound library is never replaced. A damaged one is
moved to the folder "damaged" inside it.

\b
Examples:
  dateline restore library-2025-12-09.dateline
  dateline restore --library other library-2025-12-09.dateline
"""

COMPACT = """\
Rewrite all files without the removed articles.

A removed article disappears from every search at once, but its bytes stay on the disk until they
are overwritten. Compacting temporarily takes twice the disk space.

\b
Example:
  dateline compact
"""

REPAIR = """\
Repair what verify found.

Rebuilds the indexes from the stored articles. Articles that can no longer be read are set aside and
listed.

\b
Example:
  dateline repair
"""
