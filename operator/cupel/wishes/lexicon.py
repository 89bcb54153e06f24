"""Which words mean one thing: concepts and their names in English, Polish and Portuguese; and the words that mean nothing.

Accents are folded. A name that ends in `*` stands for every word that begins so; names are tried from the longest. A wish
in Polish thus meets a description in English; a word that is not here only meets itself.
"""
# ruff: noqa: E501  # one concept is one row

from __future__ import annotations

CONCEPTS = """
convert: convert* conver* przelicz* zamien* zamian* konwert* konwersj*
calculate: calculat* comput* oblicz* wylicz* kalkul* calcul*
turn: turn turns turned transform* przeksztal* przerob* change changes changed changing
count: count counts counted counting counter tally tallies policz* zlicz* liczy* licznik* contar conta contador contagem
many: ilu quantos quantas quanto quanta
track: track* sledz* acompanh* rastre* monitor* rejestr* registar registrar registo logging log logs record recording dziennik journal diary diario
remember: remember* zapamiet* pamiet* lembrar memori*
total: total* sum sums summed summing suma sumy sumuj* somar soma somas lacznie razem
running: cumulative narastajac* acumulad*
drink: drink* pije picie wypij* beber bebo intake consumption
water: water wode wody woda agua
read: read reading reads czyt* przeczyt* ler leio leitura
book: book books ksiazk* ksiazek livro livros
page: page pages stron strony strona pagina paginas
step: step steps krok* passos
run: biega* bieg correr corrida kilometraz
week: week* tydzien tygodni* semana semanas
month: month* miesiac* mes meses mensal
year: year years rok roku lata lat ano anos
day: day days daily dzien dni dnia dias dia diario
date: date dates data datas daty datami datach dat
between: among miedzy pomiedzy entre
weekday: weekday weekdays
workday: workday* businessday* dnirobocz* diasuteis
holiday: holiday* swieta swiat feriado feriados
calendar: calendar* kalendarz* calendario
age: wiek idade
timezone: timezone* strefaczasowa strefyczasow* fusohorario
time: czas czasu godzin*
mean: mean average averages averaging sredni* media medias
median: median mediana mediany medianas
deviation: deviation stddev odchyleni* desvio stdev
percentile: percentile* percentyl* percentil* quantile* kwantyl* quantil*
statistics: statistic* statystyk* estatistic*
number: number numbers numeric numer numeru numery numerow liczb liczby liczba liczbe numero numeros
list: list lists lista liste listy listas
convertunit: unit units jednostk* unidade unidades
currency: currency currencies walut* moeda moedas
exchange: exchange kurs kursy cambio
money: money kwot* pieniadz* pieniedz* dinheiro amount amounts montante valor
price: price prices cena cene ceny cen preco precos
vat: vat iva
tax: tax taxes podatek podatk* imposto impostos
net: netto liquido
gross: brutto bruto
percent: percent percentage* procent* percentagem porcento
discount: discount* rabat* znizk* desconto descontos
interest: interest odsetk* juros
loan: loan* kredyt* emprestimo* mortgage* raty rata instalment* installment*
bill: bill bills rachunek rachunk* fatura
split: split splits splitting divide dividing podziel* dziel* dividir rozdziel*
tip: tip tips napiw* gorjeta
person: people person persons osob osoby pessoas friends przyjaciol* amigos
extract: extract* pull pulls wyciag* wydob* extra* extrac* wyodreb* wylus* obtain
find: find finds finding locate znajd* znalez* encontr* search* szuka* wyszuk* procur* pesquis* lookup
pick: pick picks picking select selects selecting wybier* wybor* selecion* escolh* choose
get: fetch* pobier* pobra* obter buscar retrieve*
filter: filter* filtr*
sort: sort sorts sorting sortow* posortuj* orden*
group: group groups grouped grouping grupuj* agrup* category categories kategori* categoria*
column: column* kolumn* coluna colunas
row: row rows wiersz* linha linhas
field: field fields pole pola pol campo campos key keys
entry: records entries rekord* registros registos wpis*
file: file files plik* ficheiro* arquivo arquivos
json: json
csv: csv tsv spreadsheet* arkusz* planilha*
xml: xml rss atom feed feeds
html: html webpage* website* stronainternetowa
link: link links hyperlink* odnosnik* ligacoes hiperligac*
url: url urls
email: email* mails mejl* maile maili
phone: phone* telefon* telemovel* telephone*
hashtag: hashtag*
text: essay* article* text texts tekst* teksc* texto textos message messages wiadomosc* mensagem mensagens post posts string strings lancuch*
word: word words slowo slowa slow palavra palavras
letter: letter letters liter litery litera letra letras character characters znak* caracter*
pattern: pattern* regex* wzorzec wzorc* padrao regular expression
address: address addresses adres* endereco enderecos
validate: validat* valid walid* valido valida validos validar verif* zweryfik* check checks checking checked checker sprawdz* verific* wellformed
correct: correct* poprawn* correto correta proper prawidlow*
iban: iban
isbn: isbn
card: creditcard* kartakredytowa cartaodecredito kartykredytowej
schema: schema* schemat*
format: format formats formatted formatow* formatar pretty beautif*
weather: weather pogod* clima meteo
current: current currently now present obecn* teraz atual agora aktualn*
city: city cities miast* cidade cidades town
temperature: temperatur*
translate: translat* tlumacz* przetlumacz* traduz* traduc*
summarise: summar* stresc* streszcz* resum*
send: send sends sending sent wysl* wysyl* enviar envia envie
upload: upload* przeslij przesyl* carregar
create: create* creat* make makes making made utworz* stworz* zrob criar fazer cria build builds
generate: generat* generuj* wygener* gerar
draw: draw* render* rysuj* narysuj* desenh*
image: image* picture* photo* zdjec* obraz* imagem imagens fotograf* foto
shorten: shorten* shorter shorter skroc* skrac* encurt*
expand: expand* rozwin* expandir
close: close closes closing zamkn* zamyk* fechar
open: open opens otworz* abrir
buy: buy buys purchase* kup kupic comprar
order: order orders ordering zamow* encomend* pedido pedidos
remind: remind* przypomn* lembrete
predict: predict* forecast* prognoz* prever previs*
country: country countries kraj kraju kraje pais paises
mix: mix mixes mieszaj*
encode: encode* encoding zakoduj* codific*
decode: decode* decoding dekoduj* odkoduj* descodific* decodific*
encrypt: encrypt* szyfr* zaszyfr* criptograf*
add: add adds adding dodaj* adicion* acrescent*
subtract: subtract* minus odejm* subtrair
remove: remove* removing delete* usun* usuw* remov* apag* elimin*
multiply: multipl* mnoz* pomnoz*
compare: compar* porown*
rename: rename* renam* przemian*
merge: merge* merging join joins polacz* lacz* juntar unir combine*
flatten: flatten* splaszcz* achatar
nested: nested zagniezdz* aninhad*
replace: replac* zastap* substitu*
monday: monday mondays poniedzial* segundafeira
tuesday: tuesday tuesdays wtorek wtork* tercafeira
wednesday: wednesday wednesdays sroda srody srode quartafeira
thursday: thursday thursdays czwartek czwartk* quintafeira
friday: friday fridays piatek piatk* sextafeira
saturday: saturday saturdays sobota soboty sobote sabado sabados
sunday: sunday sundays niedziela niedziel* domingo domingos
first: first 1st pierwsz* primeir*
last: last latest ostatni* ultim*
recurring: recurr* repeat* powtarz* cyklicz* recorrente*
event: event events wydarze* evento eventos
invite: invit* zaprosz* zaproszeni* convite convites
ics: ics ical icalendar
sentence: sentence* zdani* frase frases
paragraph: paragraph* akapit* paragrafo*
length: length lengths dlugosc* comprimento long longest
difference: differen* roznic* diferenc*
tree: tree
path: path paths sciezk* caminho caminhos
minimum: minimum min smallest lowest najmniejsz* minimo
maximum: maximum max largest highest najwieksz* maximo
cost: cost costs koszt* custo custos
rent: rent rents czynsz* aluguel renda
heading: heading headings naglow* cabecalh* titul*
mention: mention mentions wzmiank* mencao mencoes
ip: ips
title: title titles tytul*
code: code codes kod kody kodow codigo*
upper: uppercase uppercased capitalise capitalize capitals maiuscul*
lower: lowercase lowercased minuscul*
titlecase: titlecase
slug: slug slugs slugify permalink*
trim: trim trimming whitespace
reverse: revers* odwroc* odwrac* inverter
hex: hex hexadecimal szesnastkow*
escape: escap* unescap*
hash: hash hashes hashing
line: line lines linie linii linijk*
goal: goal goals target cel celu meta objetivo*
history: history histori* histor* past
habit: habit* nawyk* habito
expense: expens* wydatk* spending despesa* gasto gastos
score: score scores wynik* pontuac*
weight: weight waga wagi wage peso
distance: distance* odleglosc* dystans* distancia*
convertfrom: source
http: http https api endpoint* rest
duplicate: duplicate* duplicat* dedup* duplikat* unique unikaln*
random: random* losow* aleatori*
restaurant: restaurant* restaurac*
call: calls polaczen*
hand: manually recznie
error: error* blad bledy bledow erro erros
tag: tag tags znacznik* etiqueta*
attribute: attribut* atrybut* atributo*
table: table tables tabel* tabela tabelas
random: random*
""".strip()
"""Concept: its names, one row each."""

PHRASES = {
    "e mail": "email", "mail address": "email address", "working day*": "workday", "business day*": "workday",
    "dni robocz*": "workday", "dni roboczych": "workday", "dzien robocz*": "workday", "dias uteis": "workday", "dia util": "workday",
    "standard deviation*": "deviation", "odchylenie standardowe": "deviation", "odchylenia standardowego": "deviation", "desvio padrao": "deviation",
    "credit card*": "creditcard", "kart* kredytow*": "creditcard", "cartao de credito": "creditcard",
    "time zone*": "timezone", "fuso horario": "timezone", "stref* czasow*": "timezone", "web page*": "html page", "web site*": "website",
    "well formed": "wellformed", "week day*": "weekday", "day of the week": "weekday", "dzien tygodnia": "weekday", "dia da semana": "weekday",
    "look up": "find", "upper case": "uppercase", "lower case": "lowercase", "title case": "titlecase", "capital letters": "uppercase",
    "wielkie litery": "uppercase", "wielkimi literami": "uppercase", "male litery": "lowercase", "letras maiusculas": "uppercase", "letras minusculas": "lowercase", "how much": "many", "how many": "many", "por cento": "percent", "fluid ounce*": "floz", "nautical mile*": "nmi",
    "segunda feira*": "segundafeira", "terca feira*": "tercafeira", "quarta feira*": "quartafeira", "quinta feira*": "quintafeira",
    "sexta feira*": "sextafeira", "regular expression*": "pattern", "key stroke*": "keystroke",
}  # fmt: skip
"""What is written in several words, folded, and the words that stand for it."""

STOP = frozenset(
    """
    a an the no of in on at by for from to into onto with as is are was were be been being am do does did done it its this that
    these those there here i me my mine we us our you your he she they them their his her and or but if then than so such
    can could should would will shall may might must have has had let lets need needs needed want wants wanted wish wishes
    like please tool tools function capability integration way able some any all every each given something which what whether
    when where who whom how out up off one ones just very also own about via per
    te ta to ten jaka jaki danym dany dana danej tym tych tego tej tak taka taki jest sa byc byl by w we z ze na do od dla po przez o i oraz lub albo czy
    ale ze zeby aby mi mnie moj moje moja moich sie ktory ktora ktore ktorych chce chcialbym chcialabym potrzebuje prosze
    brakuje brak narzedzie narzedzia narzedzi narzedziem jakis jakies wszystkie wszystkich wszystkimi kazdy kazde jak co gdy
    ile dwiema dwoma
    um uma uns umas os as e ou do da dos das no na nos nas em de por para com que se eu me meu minha meus minhas ele ela
    eles elas isto este esta esse essa ha quero queria gostaria preciso precisamos ferramenta ferramentas alguma algum todos
    todas todo toda cada qual quais como ao aos ser esta estao tem ter pelo pela falta existe dois duas dum duma two
    """.split()
)
"""Words that say nothing of what is wished for: grammar, and the framing of wishes."""

NEGATIONS = frozenset(
    "not never without except excluding neither nor dont doesnt cannot cant nie bez oprocz nao sem exceto nunca nigdy".split()
)
"""Words that turn a wish round; kept as the one word "not"."""

ACTIONS = {
    **dict.fromkeys(("count", "many"), "count"),
    **dict.fromkeys(("create", "generate", "draw"), "create"),
    **dict.fromkeys(("find", "extract", "pick"), "find"),
    **dict.fromkeys(("track", "remember", "running"), "track"),
    **{
        each: each
        for each in """
        validate translate summarise send upload shorten expand encode decode encrypt add subtract remove multiply compare
        merge split sort filter group rename flatten replace read open close buy order remind predict mix format
        """.split()
    },
}
"""Concepts that say what is to be done, and the kind of doing: a tool that does something else is another tool."""

COMMON = frozenset(
    """
    convert calculate turn count many get find pick list number text file field entry create generate format field
    current total value money data read day validate correct track remember add extract convertunit add running hand x
    """.split()
)
"""Concepts so common in wishes that sharing them says little and lacking them even less."""
