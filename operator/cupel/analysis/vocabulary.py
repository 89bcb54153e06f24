"""The allow-lists beside modules: kinds of syntax, built-ins, double-underscore names, decorators."""

from __future__ import annotations

import ast
import builtins

from .scopes import BUILTINS

SYNTAX = frozenset(
    getattr(ast, name)
    for name in """
        Module Expr Assign AugAssign AnnAssign Delete Pass Import ImportFrom Global Nonlocal FunctionDef
        Lambda ClassDef Return Yield YieldFrom If IfExp For While Break Continue With withitem Try
        ExceptHandler Raise Assert Match match_case MatchValue MatchSingleton MatchSequence MatchMapping
        MatchClass MatchStar MatchAs MatchOr BoolOp NamedExpr BinOp UnaryOp Dict Set List Tuple ListComp
        SetComp DictComp GeneratorExp Compare Call FormattedValue JoinedStr Constant Attribute Subscript
        Starred Name Slice keyword arg alias
    """.split()
)

DYNAMIC = frozenset(
    """
        eval exec compile __import__ open input globals locals vars dir setattr delattr breakpoint
        memoryview help exit quit copyright credits license aiter anext __build_class__ __loader__
        __spec__
    """.split()
)
"""Built-ins that run text, open files, or reach what cannot be seen."""

BY_LITERAL = frozenset(
    {
        "builtins.getattr",
        "builtins.hasattr",
        "operator.attrgetter",
        "operator.methodcaller",
    }
)
"""Callables that read an attribute by name: allowed when called at once with that name written out."""

NARROW = frozenset({"getattr", "hasattr", "type", "super"})
"""Built-ins allowed in one shape only."""

SAFE_BUILTINS = frozenset(
    """
        abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod enumerate
        filter float format frozenset hash hex id int isinstance issubclass iter len list map max min next
        object oct ord pow print property range repr reversed round set slice sorted staticmethod str sum
        tuple zip NotImplemented Ellipsis
    """.split()
) | frozenset(
    name
    for name in BUILTINS
    if isinstance(getattr(builtins, name), type) and issubclass(getattr(builtins, name), BaseException)
)

DEFINABLE = frozenset(
    f"__{name}__"
    for name in """
        init new post_init repr str bytes format bool hash eq ne lt le gt ge len length_hint iter next
        reversed contains getitem setitem delitem missing call enter exit add radd iadd sub rsub isub mul
        rmul imul matmul rmatmul truediv rtruediv itruediv floordiv rfloordiv ifloordiv mod rmod imod
        divmod rdivmod pow rpow ipow and rand iand or ror ior xor rxor ixor lshift rlshift ilshift rshift
        rrshift irshift neg pos abs invert int float complex index round trunc floor ceil copy deepcopy
    """.split()
)
"""Methods a class may define, and call through super()."""

MODULE_NAMES = frozenset({"__all__", "__version__", "__author__", "__license__", "__doc__"})
READABLE = frozenset({"__name__", "__qualname__", "__doc__", "__members__"})
"""Attributes with double underscores that give plain text or an enum's members."""

PUBLIC_IN_SPITE = frozenset(
    {"_replace", "_asdict", "_fields", "_make", "_field_defaults", "_value_", "_name_"}
)
"""Underscore attributes that namedtuples and enums document as public."""

INTERPRETER = frozenset(
    """
        gi_frame gi_code gi_yieldfrom gi_running gi_suspended cr_frame cr_code cr_await cr_origin
        cr_running ag_frame ag_code ag_await tb_frame tb_next tb_lasti tb_lineno f_back f_builtins f_code
        f_globals f_lasti f_lineno f_locals f_trace f_generator func_globals func_code func_closure
        func_dict func_defaults co_code co_consts co_names co_varnames co_freevars co_cellvars co_filename
        mro im_class im_func im_self with_traceback pathmod _flavour _evaluate _create_exit_wrapper
        _create_cb_wrapper _dispatch _module _os _sys _getframe _globals _locals _builtins
        _io _posix _wrap_close _subprocess
    """.split()
)
"""Attributes refused on anything: they lead to frames, code, class trees or modules."""

NAMING = frozenset(
    """
        typing.NewType typing.TypeVar typing.ParamSpec typing.TypeVarTuple typing.TypedDict typing.NamedTuple
        collections.namedtuple
    """.split()
)
"""They name what they make as the caller likes; wraps() hands names on, copy looks them up."""

FILE_METHODS = {"configparser": frozenset({"read"}), "email": frozenset({"clone"})}
"""Methods refused in programs that import the module: they open files, or set attributes by name."""

OPENERS = frozenset({"createDOMBuilder", "createDOMInputSource", "parseURI", "parseWithContext"})
"""Methods of xml.dom that fetch files and URLs, refused on anything."""

ENUM_HOOKS = frozenset({"_missing_", "_ignore_", "_order_", "_generate_next_value_"})
"""Names with an underscore at both ends that an enum may define; others belong to the standard library."""

ENUMS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})

DECORATORS = frozenset(
    """
        builtins.property builtins.staticmethod builtins.classmethod functools.cache functools.lru_cache
        functools.wraps functools.total_ordering functools.cached_property dataclasses.dataclass
        contextlib.contextmanager abc.abstractmethod enum.unique enum.verify enum.member enum.nonmember
        enum.property typing.final typing.overload typing.runtime_checkable
    """.split()
)
ACCESSORS = frozenset({"setter", "getter", "deleter"})
CLASS_KEYWORDS = frozenset({"total", "boundary"})
"""Keywords of a class statement besides metaclass=ABCMeta."""
