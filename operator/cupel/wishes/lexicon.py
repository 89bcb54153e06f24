"""Which words mean one thing: concepts and their names in English, Polish and Portuguese.

Accents are folded. A name that ends in `*` stands for every word that begins so; names are tried from the longest. A wish
in Polish thus meets a description in English; a word that is not here only meets itself.
"""
# ruff: noqa: E501  # one concept is one row

from __future__ import annotations

CONCEPTS = """
convert: convert* conver* przelicz* zamien* zamian* konwert* konwersj* zamiana zmien zmieniac zmieni przekonwert* transpor
calculate: calculat* comput* oblicz* wylicz* kalkul* calcul* determine* evaluate policzenie obliczenie apur*
turn: turn turns turned transform* przeksztal* przerob* change changes changed changing become becomes przerabi* przemien* mudar virar
count: count counts counted counting counter tally tallies policz* zlicz* liczy* licznik* contar conta contador contagem counters enumerate policzy* zliczen* contabiliz* contagens
many: ilu quantos quantas quanto quanta much quantity quantidade ilosc ilosci
track: track* sledz* acompanh* rastre* monitor* rejestr* registar registrar registo logging log logs record dziennik journal diary diario zapisuj* zapisyw* notuj* notow* odnotow* ewidencj* anotar anot* controlar registo* chronicle prowadz* persist*
remember: remember* zapamiet* pamiet* lembrar memori*
total: total* sum sums summed summing suma sumy sumuj* somar soma somas lacznie razem overall sumowac sumowan* zsumuj* suman* totais
running: cumulative narastajac* acumulad*
drink: drink* pije picie wypij* beber bebo intake consumption drank drinking wypit* bebi bebida bebidas
water: water wode wody woda agua
read: read reading reads czyt* przeczyt* ler leio leitura czytac odczyt* odczytac lendo lido lidos leitor
book: book books ksiazk* ksiazek livro livros
page: page pages stron strony strona pagina paginas stronie stronami
step: step steps krok* passos
run: biega* bieg correr corrida kilometraz ran przebieg* pobiegl* corri correu corro
week: week* tydzien tygodni* semana semanas
month: month* miesiac* miesieczn* mes meses mensal
year: year years rok roku lata lat ano anos
day: day days daily dzien dni dnia dias dia diario dniu dniach dniami dniom diaria diarias diarios today yesterday dzis dzisiaj wczoraj hoje ontem everyday nightly codzienn* dzienn* diariamente morning* evening* night nights afternoon* noon rano rankiem wieczor* nocy manha manhas tarde tardes noite noites tomorrow jutro amanha
date: date dates data datas daty datami datach dat dacie
between: among miedzy pomiedzy entre elapsed minelo minely minie uplynelo uplyne* decorr* passaram passou
remaining: remain* left faltam falta faltar restam resta restante* zostal* pozostal* countdown
weekday: weekday weekdays
workday: workday* businessday* dnirobocz* diasuteis
holiday: holiday* swieta swiat feriado feriados
calendar: calendar* kalendarz* calendario
age: wiek idade
timezone: timezone* strefaczasowa strefyczasow* fusohorario
time: czas czasu godzin*
significance: meaning meanings meaningful znaczeni* significado*
mean: mean average averages averaging sredni* media medias srednia srednie sredniej
median: median mediana mediany medianas
deviation: deviation stddev odchyleni* desvio stdev
percentile: percentile* percentyl* percentil* quantile* kwantyl* quantil*
statistics: statistic* statystyk* estatistic*
number: number numbers measurement* pomiar* medic* numeric numer numeru numery numerow liczb liczby liczba liczbe numero numeros liczbami liczbach numerem digits digit figures
list: list lists lista liste listy listas spis spisu zestawienie series
convertunit: unit units jednostk* unidade unidades
currency: currency currencies walut* moeda moedas
exchange: exchange kurs kursy cambio
money: money monetar* kwot* pieniadz* pieniedz* dinheiro amount amounts montante valor importe amounts
price: price prices cena cene ceny cen preco precos
vat: vat iva
tax: tax taxes podatek podatk* imposto impostos
net: netto liquido
gross: brutto bruto
percent: percent percentage* procent* percentagem porcento percents procentow porcentagem
discount: discount* rabat* znizk* desconto descontos off obnizk* znizka
interest: interest odsetk* juros
loan: loan* kredyt* emprestimo* mortgage* raty rata instalment* installment* repay* pozyczk* prestac* financiament*
bill: bill bills rachunek rachunk* fatura cheque
split: split splits splitting divide dividing podziel* dziel* dividir rozdziel* share shares dzielen* podzial* repartir rachar
tip: tip tips napiw* gorjeta
person: people person persons osob osoby pessoas friends przyjaciol* amigos colleagues roommates flatmates amigas colegas znajomych wspollokatorow
extract: extract* pull pulls wyciag* wydob* extra* extrac* wyodreb* wylus* obtain wyluskaj wyciagniecie* ekstrak* retirar sacar isolate gather collect* scrap* pars* grab* dig captur* apanh* zbierz zbierac zebrac wyodrebni*
find: find finds finding locate znajd* znalez* encontr* search* szuka* wyszuk* procur* pesquis* lookup spot identify detect* discover wykryj wykryw* localizar achar detetar
pick: pick picks picking select selects selecting wybier* wybor* selecion* escolh* choose choose* single wybran* wyselekcjon* escolher
get: fetch* pobier* pobra* obter buscar retrieve* gets getting download* sciag* descarreg* baixar
filter: filter* filtr*
sort: sort sorts sorting rank ranked ranks arrang* sortow* posortuj* orden* sorted uklad* uporzadk* ordenad*
group: group groups grouped grouping grupuj* agrup* category categories kategori* categoria*
column: column* kolumn* coluna colunas columnar
row: row rows wiersz* linha linhas
field: field fields pole pola pol campo campos key keys
entry: records entries rekord* registros registos wpis* item items pozycj* itens
file: file files export exports dump eksport* exporta* plik* ficheiro* arquivo arquivos
json: json
csv: csv tsv spreadsheet* arkusz* planilha*
xml: xml rss atom feed feeds
html: html webpage* website* stronainternetowa witryn*
link: link links hyperlink* odnosnik* ligacoes hiperligac* linki linkow linkami linki linkow linkach
url: url urls
email: email* mails mejl* maile maili email emaile emaili emailow emailowe emailowy
phone: phone* telefon* telemovel* telephone* telefoniczn* telefonico telefonicos mobile
hashtag: hashtag* hasztag* hashtagi
text: essay* article* text texts tekst* teksc* texto textos message messages wiadomosc* mensagem mensagens post posts string strings lancuch* tresc tresci note notes wpis wpisu wpisie publicac*
word: word words slowo slowa slow palavra palavras slowem slowami
letter: letter letters liter litery litera letra letras character characters znak* caracter*
pattern: pattern* regex* wzorzec wzorc* padrao regular expression
address: address addresses adres* endereco enderecos adresu adresow adresami morada moradas
validate: validat* valid walid* valido valida validos validar verif* zweryfik* check checks checking checked checker sprawdz* verific* wellformed verify* legit kontrol* weryfik* confirm* conferir* ensure
correct: correct* real genuine authentic plausible poprawn* correto correta proper prawidlow* wlasciw* certo certa certos validity
iban: iban
isbn: isbn
card: creditcard* kartakredytowa cartaodecredito kartykredytowej creditcards
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
invite: invit* zaprosz* zaproszeni* convite convites zapros
ics: ics ical icalendar
sentence: sentence* zdani* frase frases
paragraph: paragraph* akapit* paragrafo*
length: length lengths dlugosc* comprimento long longest comprido
difference: differen* roznic* diferenc* rozstep diff
tree: tree
path: path paths sciezk* caminho caminhos
minimum: minimum min smallest lowest najmniejsz* minimo least menor menores
maximum: maximum max largest highest najwieksz* maximo greatest maior maiores
cost: cost costs koszt* custo custos
rent: rent rents czynsz* aluguel renda
heavy: heavy heavier heavi* weigh weighs tall taller high higher far farther fast faster hot hotter cold colder warm deep deeper wide wider big bigger small smaller wysok* szybk* dalek* gorac* glebok* szerok* pesad* alto alta altura longe rapid* quente* fundo largo larga
heading: heading headings naglow* cabecalh* titul* header headers
mention: mention mentions wzmiank* mencao mencoes
ip: ips
title: title titles tytul* headline headlines tytulu
code: code codes kod kody kodow codigo* kodu kodzie codigo codigos
upper: uppercase uppercased capitalise capitalize capitals maiuscul* capitalized
lower: lowercase lowercased minuscul*
titlecase: titlecase
slug: slug slugs slugify permalink*
trim: trim trimming whitespace
reverse: revers* odwroc* odwrac* inverter backwards wspak
hex: hex hexadecimal szesnastkow*
escape: escap* unescap*
hash: hash hashes hashing digest checksum* fingerprint*
urlencoding: urlencod* urldecod*
htmlescaping: htmlescap* htmlentit*
line: line lines linie linii linijk*
goal: goal goals target cel celu meta objetivo* targets
history: history histori* histor* past
habit: habit* nawyk* habito
expense: expens* wydatk* spending despesa* gasto gastos wydatkow wydatkami despesas koszty
score: score scores wynik* pontuac*
weight: weight waga wagi wage peso
distance: distance* odleglosc* dystans* distancia*
convertfrom: source
http: http https api endpoint* rest
duplicate: duplicate* duplicat* dedup* duplikat* unique unikaln* repeated duplikuj* duplicad* duplicacao
random: random* losow* aleatori*
restaurant: restaurant* restaurac*
call: calls polaczen*
hand: manually recznie
error: error* blad bledy bledow erro erros
tag: tag tags znacznik* etiqueta*
attribute: attribut* atrybut* atributo*
table: table tables tabel* tabela tabelas tabelk*
random: random*
""".strip()
"""Concept: its names, one row each."""

PHRASES = {
    "square met*": "squaremetre", "sq m": "squaremetre", "metr* kwadratow*": "squaremetre", "metro* quadrado*": "squaremetre",
    "square kilomet*": "squarekilometre", "square f*t": "squarefoot", "sq ft": "squarefoot", "km h": "kmh",
    "kilomet* per hour": "kilometresperhour", "miles per hour": "milesperhour", "kilometr* na godzine": "kilometresperhour",
    "e mail": "email", "mail address": "email address", "working day*": "workday", "business day*": "workday",
    "dni robocz*": "workday", "dni roboczych": "workday", "dzien robocz*": "workday", "dias uteis": "workday", "dia util": "workday",
    "standard deviation*": "deviation", "odchylenie standardowe": "deviation", "odchylenia standardowego": "deviation", "desvio padrao": "deviation",
    "credit card*": "creditcard", "kart* kredytow*": "creditcard", "cartao de credito": "creditcard",
    "time zone*": "timezone", "fuso horario": "timezone", "stref* czasow*": "timezone", "web page*": "html page", "web site*": "website",
    "percent encoded": "urlencoding", "url encoded": "urlencoding", "log in": "login", "log me in": "login", "percent encod*": "urlencoding encode", "percent decod*": "urlencoding decode", "url encod*": "urlencoding encode", "url decod*": "urlencoding decode",
    "html escap*": "htmlescaping encode", "html unescap*": "htmlescaping decode", "html entit*": "htmlescaping",
    "comma separated": "csv", "comma delimited": "csv", "semicolon separated": "semicolon csv", "semicolon delimited": "semicolon csv", "tab separated": "tsv",
    "tab delimited": "tsv", "pipe separated": "pipe csv", "rozdzielan* srednik*": "srednik csv", "separad* por ponto e virgula": "semicolon csv",
    "api response*": "json", "json response*": "json", "odpowiedz* api": "json", "resposta da api": "json",
    "in a log": "in logfile", "from a log": "from logfile", "of a log": "of logfile", "log file*": "logfile", "log line*": "logfile line", "server log*": "logfile",
    "a conta": "bill", "conta do": "bill do", "conta da": "bill da", "conta de": "bill de", "per day": "daily", "a day": "daily",
    "credit card number*": "creditcard number",
    "add up": "total", "adds up": "total", "adding up": "total", "added up": "total",
    "well formed": "wellformed", "week day*": "weekday", "day of the week": "weekday", "dzien tygodnia": "weekday", "dia da semana": "weekday",
    "look up": "find", "middle value": "median", "note down": "track", "write down": "track", "day of week": "weekday", "keep tabs": "track", "keep count": "track", "keep track": "track", "web address*": "url", "base 64": "base64", "is right": "is correct",
    "strona www": "html page", "strony www": "html page", "work out": "calculate", "by hand": "manually", "upper case": "uppercase", "lower case": "lowercase", "title case": "titlecase", "capital letters": "uppercase",
    "wielkie litery": "uppercase", "wielkimi literami": "uppercase", "male litery": "lowercase", "letras maiusculas": "uppercase", "letras minusculas": "lowercase", "how much": "many", "how many": "many", "por cento": "percent", "fluid ounce*": "floz", "nautical mile*": "nmi",
    "segunda feira*": "segundafeira", "terca feira*": "tercafeira", "quarta feira*": "quartafeira", "quinta feira*": "quintafeira",
    "sexta feira*": "sextafeira", "regular expression*": "pattern", "key stroke*": "keystroke",
}  # fmt: skip
"""What is written in several words, folded, and the words that stand for it."""
