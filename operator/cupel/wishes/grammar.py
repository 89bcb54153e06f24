"""What words do in a wish: those that mean nothing, that deny, that say what is to be done, that say little."""
# ruff: noqa: E501  # lists of words

from __future__ import annotations

STOP = frozenset(
    """
    a an the no of in on at by for from to into onto with as is are was were be been being am do does did done it its this that
    these those there here i me my mine we us our you your he she they them their his her and or but if then than so such
    can could should would will shall may might must have has had let lets need needs needed want wants wanted wish wishes
    like please tool tools function capability integration way able some any all every each given something which what whether
    when where who whom how out up off one ones just very also own about via per tell tells show shows give gives say says see sees know help really simply quickly
    automatically possible easily somehow something somebody someone thing things far new return returns
    look looks block evenly exactly podany podana podane podanego podanej podanych podanym fornecido fornecida fornecidos dado dada
    provided supplied including take takes taking whats several varias varios kilka kilku wypada num numa
    te ta to ten jaka jaki danym dany dana danej tym tych tego tej tak taka taki jest sa byc byl by w we z ze na do od dla po przez o i oraz lub albo czy
    ale ze zeby aby mi mnie moj moje moja moich sie ktory ktora ktore ktorych chce chcialbym chcialabym potrzebuje prosze
    brakuje brak narzedzie narzedzia narzedzi narzedziem jakis jakies wszystkie wszystkich wszystkimi kazdy kazda kazde kazdego kazdej kazdym jak co gdy
    ile dwiema dwoma
    um uma uns umas os as e ou do da dos das no na nos nas em de por para com que se eu me meu minha meus minhas ele ela
    another both either else even ever much more most less least same too yet again still already however whatever whichever while
    because since though although upon within inside under over via got getting give gave given gives ask asks asked asking know
    knows knowing wonder wondering able rather quite exact exactly precise precisely simple simply plain quick whole entire
    piece pieces bit bits chunk pair couple bunch lot lots set kind certain particular pasted back
    appear appears appearing occur occurs occurring contain contains contained containing mentioned stand stands lie lies
    ich ja ty on ona ono oni my wy nas was im jego jej swoj swoja swoje bardzo tez takze jeszcze juz bo gdyz gdzie kiedy
    kawalek fragment zawarte zawartych wystepuja wystepujace mozna moge moze trzeba powinien powinna bedzie beda
    eu voce voces nos eles lhe lhes nosso nossa nossos nossas muito muita muitos muitas mais menos mesmo mesma ainda tambem
    ja onde quando porque pois sobre ate sendo foi sao era pode posso podem deve devem sabe saber dar
    pedaco trecho contido contida contidos contidas mencionado mencionados mencionadas aparece aparecem
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
