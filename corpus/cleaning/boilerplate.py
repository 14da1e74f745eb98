"""Classify a line of a page, without its neighbours, as prose, boilerplate or neither.

Lines are classified by shape (words, end punctuation) and by small lexicons of what pages of any
outlet say around their articles. The lexicons are mainly English, with the commonest words from
pages in other languages.
"""

from __future__ import annotations

import re
from enum import Enum

from corpus.text.sentences import is_terminated


class LineKind(Enum):
    """The kind of a line, judged from the line alone."""

    PROSE = "a sentence or more"
    PLAIN = "neither prose nor known furniture: a heading, a headline, a list item"
    ENTRY = "a row of a table, or the time of an entry: what it is, its neighbours say"
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

_OFFER = re.compile(
    r"\balready (?:an? |have an? )?(?:\w+ )?(?:subscri\w+|members?|account|registered"
    r"|signed up)\s?\?"
    r"|(?:^|[.!?]\s|\bplease )\W*(?:sign|log) ?in (?:here )?to (?:continue|read|keep)\b"
    r"|\b(?:subscribe|register|sign up|join|pay|create an? (?:free )?account)\b.{0,40}"
    r"\b(?:to|and) (?:continue|keep|finish) (?:reading|read)\b"
    r"|\b(?:subscribe|sign up|register) (?:now|today|here|for free)?\W*(?:to|and) (?:read|unlock"
    r"|get|enjoy|support|receive|access)\b"
    r"|^\W*(?:to )?(?:continue|keep|finish) reading(?: (?:this|the|for|with|by|your)\b|,|\W*$)"
    r"|\byou(?:['’]ve| have| are)? (?:only )?(?:reached|read|used|viewed|\d+|one|two|three|no)\b"
    r".{0,30}\b(?:free|monthly|complimentary|remaining|left)\b.{0,20}\b(?:articles?|stor(?:y|ies)|limit|left"
    r"|this month)\b"
    r"|\b(?:this|the rest of this|the full) (?:article|story|content|page|report|post) is (?:only"
    r" |exclusively )?(?:for|available to|reserved for|exclusive to) (?:our |paying |premium"
    r" |registered )*(?:subscribers|members|readers)\b"
    r"|^\W*(?:exclusive(?:ly)? )?(?:for )?(?:subscriber|member|premium)s?[- ](?:only|exclusive)\W*$"
    r"|\b(?:start|begin|claim) your (?:\w+ )?(?:free )?(?:trial|subscription|membership)\b"
    r"|\bsubscribe for (?:just|only|as little)\b|\bactivate your (?:subscription|account)\b"
    r"|\bsubscribe to our\b|\bdelivered (?:straight |directly )?to your (?:e-?mail )?inbox\b"
    r"|\benter (?:your|a valid) e-?mail\b|\bfor your personal,? (?:and )?non-?commercial use only\b"
    r"|\b(?:jetzt|hier) (?:abonnieren|weiterlesen|testen)\b|\bweiterlesen mit\b"
    r"|\bbereits (?:abonnent|registriert|ein abo)\w*\s?\?"
    r"|\bréservée?s? (?:aux|à nos) abonnés\b|\bdéjà abonnée?\s?\?"
    r"|\babonnez-vous (?:pour|à|et|dès)\b"
    r"|\bya (?:eres|es) suscriptor|\bsuscríbete para\b|\bpara (?:seguir|continuar) leyendo\b"
    r"|\bcontenido exclusivo para suscriptores\b|\b(?:conteúdo )?exclusivo para assinantes\b"
    r"|\bjá é assinante\s?\?|\briservat[oi] agli abbonati\b|\bsei già abbonat|\babbonati per\b"
    r"|\bal abonnee\s?\?|\blees verder met\b|\b(?:redan prenumerant|allerede abonnent)\s?\?"
    r"|\babone ol(?:un|arak)\b|\babonelere özel\b",
    re.IGNORECASE,
)
"""What a page offers its readers instead of the rest of an article, or beside it."""
_OFFERED = re.compile(
    r"\bcancel (?:(?:it|online|your \w+) )?(?:at )?any ?time\b|\bauto-?renew|\bjederzeit kündbar\b"
    r"|\b(?:unlimited|unrestricted|premium|all-?access|complete|full) (?:digital |online )?access\b"
    r"|\byour (?:free |first |current )*(?:trial|subscription|plan|account|membership)\b"
    r"|\b(?:billed|charged|renews|renewed) (?:monthly|annually|yearly|automatically|every)\b"
    r"|\b(?:offer|subscription) terms\b|\bfree trial\b|\bsans engagement\b"
    r"|\d\W? ?(?:\w+ )?(?:a|per|for the first) (?:week|month|year)\b",
    re.IGNORECASE,
)
"""What such offers say. Two of these make one, if it speaks to the reader."""
_ADDRESSED = re.compile(
    r"\byour?\b|(?:^|[.!?]\s)\W*(?:try|get|enjoy|start|subscribe|unlock|join|choose|upgrade)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"[\"“”«»„]|\b(?:said|says|told|according|announced|reported|wrote|added|argued|claimed|sagte|dit|dijo"
    r"|ha detto|dedi|zei|sa|sade)\b",
    re.IGNORECASE,
)
"""Signs of news about offers: somebody said so."""
MAX_OFFER_WORDS = 45
"""A longer paragraph is an article's, whatever it mentions."""

_FEED_FOOT = re.compile(
    r"(?:^|(?<=[.!?…\"”’»)\]])\s+)(?P<foot>(?:"
    r"the (?:post|article|story) (?-i:[^a-z\s]).{2,300}? (?:appeared first|first appeared)"
    r" (?:on|at)"
    r"|der beitrag .{2,300}? erschien zuerst (?:auf|bei)"
    r"|(?:l['’]article|cet article) .{2,300}? est apparu en premier sur"
    r"|la entrada .{2,300}? (?:se publicó|aparece|apareció|se publicó por) primer[ao]? (?:vez )?en"
    r"|l['’]articolo .{2,300}? (?:sembra essere il primo su|proviene da)"
    r"|o post .{2,300}? apareceu primeiro (?:em|no|na)|het bericht .{2,300}? verscheen eerst op"
    r"|artykuł .{2,300}? pochodzi z serwisu|inlägget .{2,300}? dök först upp på"
    r"|indlægget .{2,300}? blev først udgivet på|innlegget .{2,300}? dukket først opp på"
    r"|сообщение .{2,300}? появил(?:ись|ось) сначала на)\s.{1,100}"
    r"|.{2,300}? yazısı ilk önce .{1,100} üzerinde ortaya çıktı.{0,3})$",
    re.IGNORECASE,
)
"""What WordPress appends to the texts of its feeds."""

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


def classify(line: str) -> LineKind:
    """The kind of a line; the line must have no white space at its ends."""
    line = _BULLET.sub("", line)
    line = line[: find_credit(line)].rstrip()
    if len(line) > MAX_JUDGED_CHARACTERS:
        return LineKind.PROSE
    if _TRANSLATED.search(line):
        return LineKind.TRANSLATED
    if find_feed_foot(line) == 0:
        return LineKind.INTERFACE
    if _COMMENTS.match(line):
        return LineKind.COMMENTS
    if _ENDING.match(line):
        return LineKind.ENDING
    words = [word.lower() for word in _WORD.findall(line)]
    if all(
        word in _INTERFACE_WORDS or (word.isdigit() and len(word) < 4) for word in words
    ) and not (words and is_terminated(line)):
        return LineKind.INTERFACE
    if _INTERFACE.match(line) or (len(line) < 400 and _NOTICE.search(line)):
        return LineKind.INTERFACE
    return LineKind.PROSE if is_prose(line) else LineKind.PLAIN


def is_offer(line: str) -> bool:
    """Whether the line offers a subscription, a trial or a newsletter to the reader."""
    return (
        len(line) <= MAX_JUDGED_CHARACTERS
        and not is_reported(line)
        and (
            _OFFER.search(line) is not None
            or (
                _ADDRESSED.search(line) is not None
                and len({found.lower().split()[0] for found in _OFFERED.findall(line)}) > 1
            )
        )
        and count_words(line) <= MAX_OFFER_WORDS
    )


def is_about_offer(line: str) -> bool:
    """Whether a line beside an offer belongs to it."""
    return _OFFERED.search(line) is not None and not is_reported(line)


def is_reported(line: str) -> bool:
    """Whether the line quotes somebody or says who said so."""
    return _REPORTED.search(line) is not None


def find_feed_foot(line: str) -> int | None:
    """Where "The post … appeared first on …" begins at the end of a line; None if it does not."""
    found = _FEED_FOOT.search(line, max(0, len(line) - MAX_JUDGED_CHARACTERS))
    return found.start("foot") if found else None


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
