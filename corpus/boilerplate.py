"""Classify a line of a page, without its neighbours, as prose, boilerplate or neither.

Lines are classified by shape (words, end punctuation) and by small lexicons of what pages of any
outlet say around their articles. The lexicons are mainly English, with the commonest words from
pages in other languages.
"""

from __future__ import annotations

import re
from enum import Enum

from corpus.sentences import is_terminated


class Kind(Enum):
    """The kind of a line, judged from the line alone."""

    PROSE = "a sentence or more"
    PLAIN = "neither prose nor known furniture: a heading, a headline, a list item"
    INTERFACE = "a button, a share row, a credit: never part of an article"
    ENDING = "what follows an article: related links, comments, a sign-up, a copyright line"
    COMMENTS = "where the readers' comments begin: nothing after it is the article"
    TRANSLATED = "a notice that the text was translated by a machine"


MIN_PROSE_WORDS = 5
MIN_UNTERMINATED_WORDS = 25
MAX_JUDGED_CHARACTERS = 600
MAX_CREDIT_CHARACTERS = 200

_INTERFACE_WORDS = frozenset(
    """
    about account ad ads advertise advertisement advertisements advertising agree all app archive
    article audio back bigphoto bluesky bookmark button by caption click close comment comments
    contact contents continue cookie cookies copied copy credit cta digg edition email enlarge
    expand e epaper facebook fb feed flipboard follow font for fullscreen gallery google graphic
    hide home icon image images in instagram jump keyboard large latest like link linkedin listen
    live loading log login logout logo mail main menu messenger minutes min more mute my navigation
    new newsletter newsletters next of off on open options or our page pause photo photos picture
    pin pinterest play plus podcast podcasts post posted premium press previous print privacy
    profile read reading reddit refresh register related replay reply rss save scroll search section
    sections send settings share shares shared show sign site size sitemap skip skype sms snapchat
    social sponsored story subscribe subscriber subscribers subscription subscriptions tags telegram
    text the this threads tiktok to toggle top transcript translate tumblr tweet tweets twitter
    unmute up us via view views video videos viber volume vk watch whatsapp with x xing youtube your
    zoom
    abone ara ana bizi e-posta fotoğraf giriş gizle haberler kapat menü ol oku paylaş sayfa takip
    üye yazdır yorum
    anmelden anzeige drucken folgen merken schließen startseite suche teilen
    abonner accueil connecter enregistrer fermer imprimer partager publicité recherche suivre
    buscar cerrar compartir compartilhar condividi correo entrar imprimir iniciar inicio menú
    publicidad publicidade seguir sesión siga suscríbete suscribirse assine stampa
    bagikan beranda cari cetak daftar foto ikuti iklan komentar masuk tutup
    """.split()
)
"""A line of only these words and numbers is boilerplate: "X Instagram Youtube", "Share on Facebook
12"."""

_INTERFACE = re.compile(
    r"^\W*(?:"
    r"(?:(?:story|article|text) )?(?:continues|continue reading)\b.{0,40}"
    r"|continued (?:on|from) page \d+|advertise here\b.{0,60}|share all sharing options.{0,160}"
    r"|(?:click|tap|swipe|scroll) (?:here|to|for|on)\b.{0,60}"
    r"|(?:read|see|watch|view|also read|read also|see also|must read|don['’]?t miss"
    r"|(?:read|see|watch) more)\s?:.{0,200}"
    r"|(?:don['’]?t miss|(?:read|see|watch) more)"
    r"|.{10,150}\[(?:analysis|comment|exclusive|insight|interview|opinion|photos?|pics|pictures"
    r"|poll|reaction|report"
    r"|revealed|videos?)\]"
    r"|(?:advert(?:isement)?|supported by|sponsored by|paid content)\b.{0,30}"
    r"|(?:this|the) (?:video|content|browser|feature|image|page|article)\b.{0,60}\b(?:available"
    r"|supported|removed"
    r"|playback|players?|subscribers|share|javascript).{0,60}"
    r"|.{0,40}(?:enable|turn on|requires?) javascript.{0,80}"
    r"|(?:file |stock |handout )?(?:photo|image|picture|illustration|credit|photograph|foto"
    r"|fotoğraf|bild|kaynak)s?"
    r"(?: (?:credit|by|courtesy|via|source))?\s?[:/|].{0,80}"
    r"|(?:image|photo|media|figure) (?:caption|copyright|source|credit)\b.{0,60}"
    r"|getty images(?:/\w+)?|shutterstock"
    r"|.{0,40}/(?:getty images|afp|reuters|ap|epa|shutterstock)(?: photo)?"
    r"|(?:share|tweet|pin|email|print|save|follow|like|send) (?:this|it|us|on|via|with|to|by|me"
    r"|article)\b.{0,40}"
    r"|(?:by|all) .{0,12}(?:cookies?)\b.{0,20}"
    r"|\d+ (?:comments?|shares?|views?|likes?|min(?:ute)?s?(?: read)?"
    r"|(?:hours?|days?|minutes?|weeks?|months?) ago)"
    r"|estimated reading time.{0,30}|reading time.{0,30}|last (?:updated|modified).{0,40}"
    r"|(?:reporting|editing|writing|additional reporting|compiled) by\b.{0,200}"
    r"|\(?(?:reporting|editing|writing|additional reporting) by\b.{0,300}"
    r")\W*$",
    re.IGNORECASE,
)

_ENDING = re.compile(
    r"^\W*(?:"
    r"(?:more (?:from|on|about|in|stories|news|articles|like this|to read|coverage)"
    r"|other (?:news|stories|articles))\b.{0,60}"
    r"|(?:related|recommended|similar|suggested|popular|trending|top|latest|recent|featured"
    r"|sponsored|editor'?s'?)"
    r" (?:articles?|stories|story|news|posts?|topics?|content|links?|videos?|tags?|reads?|reading"
    r"|coverage|picks?"
    r"|headlines|searches|comments?|now|for you|on .{0,30})"
    r"|related|recommended|trending|tags|topics|read next|up next|what to read next"
    r"|most (?:read|popular|viewed|shared"
    r"|commented|recent|watched).{0,30}"
    r"|(?:tags|topics|filed under|filed to|related tags|categories|keywords|posted in|tagged"
    r"|etiketler|schlagworte)"
    r"\s?:.{0,200}"
    r"|(?:you (?:may|might) (?:also )?(?:like|be interested).{0,40})|(?:readers|people) also.{0,30}"
    r"|(?:from|around) (?:around )?the web|promoted (?:links|stories|content)|sponsored links"
    r"|(?:sign up|subscribe|register|get) (?:for|to|here|now|our|the)\b.{0,40}\b(?:newsletters?"
    r"|emails?|alerts?|updates"
    r"|inbox|briefing|notifications?)\b.{0,100}"
    r"|(?:subscribe|sign up|register|join)(?: now| today| here| free| for free)"
    r"|(?:about|meet) the (?:author|writer|reporter).{0,40}|author bio.{0,30}|written by"
    r"|(?:copyright|©|\(c\)).{0,200}|.{0,120}\ball rights reserved.{0,120}"
    r"|(?:terms (?:of (?:use|service)|and conditions|& conditions)|privacy (?:policy|notice)"
    r"|cookie policy|contact us"
    r"|site ?map|advertise with us|next (?:article|post|story).{0,120}"
    r"|previous (?:article|post|story).{0,120}|reuse this content|explore more on .{0,40})"
    r"|ilgili haberler|diğer haberler|son haberler|mehr zum thema|das könnte sie auch interessieren"
    r"|(?:à )?lire aussi.{0,100}|sur le même (?:sujet|thème)|te puede interesar.{0,100}|noticias"
    r" relacionadas|más noticias|leia também.{0,100}|leia mais.{0,100}|notícias relacionadas"
    r"|veja também.{0,100}"
    r"|leggi anche.{0,100}|articoli correlati|baca juga.{0,100}|berita terkait|artikel terkait"
    r"|lees ook.{0,100}|lees meer.{0,60}"
    r")\W*$",
    re.IGNORECASE,
)

_COMMENTS = re.compile(
    r"^\W*(?:"
    r"(?:leave|post|write|add|submit|join) (?:a |your |the )?(?:reply|comments?|conversation"
    r"|discussion).{0,60}"
    r"|(?:view|show|read|load|see|hide|all) (?:all )?(?:\d+ )?comments?.{0,20}"
    r"|comments?(?: ?(?:\(\d+\)|:|\d+))?"
    r"|\d+ (?:comments|replies|responses|thoughts on) .{0,100}|.{0,40}comments are closed.{0,40}"
    r"|discussion policy.{0,60}"
    r"|yorumlar|kommentare|commentaires|comentarios|comentários|commenti|komentar|reacties"
    r")\W*$",
    re.IGNORECASE,
)

_NOTICE = re.compile(
    r"\b(?:we|this (?:web)?site|our (?:web)?site)\b.{0,60}\buse(?:s)? cookies"
    r"|\bby (?:continuing|clicking|signing up|subscribing|submitting"
    r"|using this (?:web)?site)\b.{0,80}\byou\b"
    r"|\byour (?:e-?mail )?address will not be\b|\brequired fields are marked\b"
    r"|\bunsubscribe at any time\b"
    r"|\bin your inbox\b"
    r"|\b(?:sign up|subscribe) (?:to|for) (?:our|the|receive|get)\b.{0,80}\b(?:newsletter|inbox"
    r"|alerts|email)"
    r"|\b(?:follow|like|find) us on (?:facebook|twitter|x|instagram|telegram|whatsapp|google"
    r"|youtube|linkedin)\b"
    r"|\bfollow @?\w+(?: \w+){0,4} on (?:facebook|twitter|x|instagram|telegram|whatsapp)\b"
    r"|\bdownload (?:the|our) .{0,40}\bapp\b"
    r"|\bplease (?:log ?in|sign in|register|subscribe|enable)\b"
    r"|\b(?:may|must|can) ?not be (?:published|reproduced|republished|broadcast|copied"
    r"|redistributed)\b"
    r"|\ball rights reserved\b|\bprotected by recaptcha\b|\byou (?:must|need to) be logged in\b"
    r"|\bclick here to (?:subscribe|sign|read|see|view|join|get)\b"
    r"|\bthank you for (?:subscribing|signing|reading|reporting)\b"
    r"|\b(?:an? )?affiliate (?:links?|commission)\b|\bsupport (?:our|independent) journalism\b"
    r"|\bthis site uses akismet\b|\byou are using an (?:outdated|older)\b.{0,30}browser",
    re.IGNORECASE,
)
"""What pages tell their readers in whole sentences. Requiring pronouns keeps news about cookies and
copyright from matching."""

_TRANSLATED = re.compile(
    r"\b(?:articles?|text|page|story|content|versions?|post|translations?)\b.{0,80}\b(?:is|are|was"
    r"|were|been)\b.{0,30}"
    r"\b(?:automatically|machine)[- ](?:translated|generated)\b"
    r"|\b(?:automatically|machine)[- ]translated (?:by|from|using|with|version|article|text)\b"
    r"|\btranslated (?:automatically )?(?:by|using|with) (?:an? )?(?:ai|artificial intelligence"
    r"|machine"
    r"|google translate|deepl|chatgpt)\b"
    r"|\b(?:this is|powered by) (?:an? )?(?:automatic|machine)(?:ally)? translat(?:ion|ed)\b"
    r"|yapay zek[aâ] .{0,40}çevril|otomatik olarak (?:çevril|tercüme)"
    r"|(?:maschinell|automatisch) übersetzt"
    r"|traduit automatiquement|traduction automatique|traducido automáticamente"
    r"|traducción automática"
    r"|tradotto automaticamente|traduzido automaticamente|automatisch vertaald"
    r"|diterjemahkan (?:secara otomatis|oleh ai)",
    re.IGNORECASE,
)

_CREDIT = re.compile(
    r"\s*(?:[(\[][^()\[\]]{0,80}\b(?:photos?|archives?|file|images?|pictures?|getty|reuters|afp|ap"
    r"|aa|epa|shutterstock|courtesy|fotoğraf"
    r"|foto|handout|screengrab)\b[^()\[\]]{0,80}[)\]]"
    r"|(?<=[\s.!?])(?:photograph|photo|picture|image|illustration|foto|fotoğraf"
    r"|bild)s?\s?[:/]\s?[^.]{2,60})\s*$",
    re.IGNORECASE,
)
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_BULLET = re.compile(r"^[-*+•·▪◦●‣o>»|]\s+")


def classify(line: str) -> Kind:
    """The kind of a line; the line must have no white space at its ends."""
    line = _BULLET.sub("", line)
    line = line[: find_credit(line)].rstrip()
    if len(line) > MAX_JUDGED_CHARACTERS:
        return Kind.PROSE
    if _TRANSLATED.search(line):
        return Kind.TRANSLATED
    if _COMMENTS.match(line):
        return Kind.COMMENTS
    if _ENDING.match(line):
        return Kind.ENDING
    words = [word.lower() for word in _WORD.findall(line)]
    if all(
        word in _INTERFACE_WORDS or (word.isdigit() and len(word) < 4) for word in words
    ) and not (words and is_terminated(line)):
        return Kind.INTERFACE
    if _INTERFACE.match(line) or (len(line) < 400 and _NOTICE.search(line)):
        return Kind.INTERFACE
    return Kind.PROSE if is_prose(line) else Kind.PLAIN


def is_prose(line: str) -> bool:
    """Whether the line reads as a sentence: a few words and a full stop, or very many words."""
    count = count_words(line)
    return count >= (MIN_PROSE_WORDS if is_terminated(line) else MIN_UNTERMINATED_WORDS)


def count_words(line: str) -> int:
    """Count words; in scripts without spaces, two characters count as one word."""
    return len(_WORD.findall(_UNSPACED.sub(" ", line))) + (len(_UNSPACED.findall(line)) + 1) // 2


def is_bulleted(line: str) -> bool:
    """Whether the line is a list item."""
    return _BULLET.match(line) is not None


def find_credit(line: str) -> int:
    """Where the photo credit at the end of a line begins; the line's length if there is none."""
    found = _CREDIT.search(line, max(0, len(line) - MAX_CREDIT_CHARACTERS))
    return found.start() if found else len(line)
