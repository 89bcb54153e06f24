"""How people frame a wish in English, Polish and Portuguese: RE2 patterns over text without accents and capitals."""
# ruff: noqa: E501  # one way of saying it is one row

from __future__ import annotations

_TOOL = (
    r"(?:\w+ ){0,2}(?:tools?|functions?|integrations?|capabilit(?:y|ies)|way|narzedzi\w*|funkcj\w*|integracj\w*|sposobu|"
    r"ferramentas?|func(?:ao|oes)|integrac(?:ao|oes)|forma|maneira)"
)
_FOR = (
    r"(?:that (?:can|could|would|will|lets? (?:me|us))|which (?:can|could)|for me to|able to|that|which|to|for|do|dla|zeby|"
    r"aby|by|ktore|ktory|ktora|para|que|de)"
)
_POLITE = r"(?:(?:please|hi|hello|hey|so|and|but|also|prosze|czesc|ola|por favor)[,!:]? )*"
_LACK = "|".join(
    (
        rf"there (?:is|are|seems to be) (?:no|not any|currently no) {_TOOL} {_FOR}",
        rf"there(?:'s| isn't any| aren't any| isn't a) (?:no )?{_TOOL} {_FOR}",
        rf"(?:is|are) there (?:a|an|any) {_TOOL} {_FOR}",
        r"(?:i|we|the agents?) (?:really |still |also )?(?:need|want|lack|miss|am missing|are missing|would like|could use|"
        rf"wish (?:i|we|there) (?:had|was|were))(?: to have)? (?:(?:a|an|some|another|one|the) )?{_TOOL} {_FOR}",
        rf"(?:i|we)'d like(?: to have)? (?:a|an|some) {_TOOL} {_FOR}",
        rf"(?:i|we) (?:have|found|see|know|know of) no {_TOOL} {_FOR}",
        rf"(?:i|we) (?:do not|don't|dont) (?:have|see|know) (?:a|an|any) {_TOOL} {_FOR}",
        rf"(?:missing|no|needed|wanted|need):? (?:an? )?{_TOOL} {_FOR}",
        rf"(?:a|an) {_TOOL} {_FOR}",
        r"(?:bardzo )?(?:brakuje|brak|potrzebuje|potrzebujemy|nie ma|nie mamy|nie mam|przydaloby sie|chcial\w+)"
        rf"(?: mi| nam| tu| tutaj| jeszcze)* {_TOOL} {_FOR}",
        r"(?:nao (?:ha|existe|temos|tenho)|falta(?:-me|-nos)?|preciso de|precisamos de|quero|queria|gostava de ter|gostaria de ter)"
        rf"(?: (?:uma|um|nenhuma|alguma))? {_TOOL} {_FOR}",
    )
)
_WANT = "|".join(
    (
        r"(?:i|we)(?: really| also| just| still)? (?:want|wish|need|would like|would love|am trying|are trying|have) to",
        r"(?:i|we)'d (?:like|love) to",
        r"(?:i|we) (?:can ?not|can't|cant|could not|couldn't|am unable to|are unable to)",
        r"(?:chce|chcemy|chcial(?:bym|abym)|chcielibysmy|potrzebuje|potrzebujemy|musze|musimy|nie moge|nie potrafie)",
        r"(?:quero|queremos|queria|gostaria de|gostavamos de|gostava de|preciso de|precisamos de|preciso|nao consigo|nao conseguimos)",
    )
)
_DOES = (
    r"(?:track|log|record|monitor|count|tally|convert|turn|transform|change|calculate|compute|work out|add|sum|average|split|"
    r"extract|pull|parse|pick|find|get (?:the|all|data|every|notified|json)|fetch|look up|search|check|validate|verify|compare|"
    r"sort|filter|group|keep|remember|list|measure|read|write|translate|format|generate|create|download|send|schedule|query|"
    r"detect|merge|remove|replace|"
    r"sledzi\w+|liczy\w+|zlicz\w+|policzy\w+|przelicz\w+|zamieni\w+|oblicz\w+|wyciag\w+|wyodrebni\w+|wybra\w+|znalez\w+|pobra\w+|"
    r"pobiera\w+|sprawdz\w+|porown\w+|sortowa\w+|filtrowa\w+|zapisywa\w+|zapamiet\w+|notowa\w+|licznik\w*|zliczania|odczyt\w+|"
    r"przeksztal\w+|podzieli\w+|doda\w+|"
    r"acompanhar|rastrear|contar|registar|registrar|monitorar|monitorizar|converter|transformar|calcular|somar|dividir|extrair|"
    r"encontrar|procurar|obter|buscar|verificar|validar|comparar|ordenar|filtrar|agrupar|guardar|lembrar|listar|ler|medir|"
    r"traduzir|formatar|um contador|uma lista)"
)
MARK = r"^[\s>*_#`\-•]*need_integration[*_`]*\s*[:=]\s*[*_`]*\s*(.+)$"
"""A line that an agent marked; group 1 is the wish."""
PLAIN = rf"^[\s*•\-\d.)]*{_POLITE}(?:(?:{_LACK})\s+(.+)|(?:{_WANT})\s+((?:be able to )?{_DOES}\b.*))$"
"""A sentence that says what is lacking (group 1) or wanted (group 2)."""
FRAME = rf"^[\s*•\-]*{_POLITE}(?:(?:{_LACK})|(?:{_WANT}))\s+"
"""What stands before the wish itself."""
SENTENCE = r"[^.!?;]+(?:[.!?;][^\s.!?;][^.!?;]*)*"
"""A sentence; a full stop inside a word (`api.example.com`) ends none."""
