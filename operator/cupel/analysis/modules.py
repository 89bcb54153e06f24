"""The modules a tool may import, and the names it may use from each. Nothing else exists for it.

Left out on purpose: names that open files or sockets, start code (`typing.get_type_hints` and
`functools.singledispatch` evaluate strings), read attributes by name, or reach the interpreter.
"""

from __future__ import annotations

_AST_NODES = """
    AST Add And AnnAssign Assert Assign Attribute AugAssign BinOp BitAnd BitOr BitXor BoolOp Break Call
    ClassDef Compare Constant Continue Del Delete Dict DictComp Div Eq ExceptHandler Expr Expression
    FloorDiv For FormattedValue FunctionDef GeneratorExp Global Gt GtE If IfExp Import ImportFrom In
    Invert Is IsNot JoinedStr LShift Lambda List ListComp Load Lt LtE MatMult Match Mod Module Mult Name
    NamedExpr Nonlocal Not NotEq NotIn Or Pass Pow RShift Raise Return Set SetComp Slice Starred Store Sub
    Subscript Try Tuple UAdd USub UnaryOp While With Yield YieldFrom alias arg arguments boolop cmpop
    comprehension expr keyword operator stmt unaryop withitem
"""

_PATHS = """
    altsep basename commonpath commonprefix curdir dirname extsep isabs join normcase normpath pardir sep
    split splitdrive splitext
"""

_TABLE = {
    "__future__": "annotations division print_function unicode_literals absolute_import generator_stop",
    "abc": "ABC ABCMeta abstractmethod",
    "array": "array typecodes",
    "ast": """
        NodeVisitor dump get_docstring get_source_segment iter_child_nodes
        literal_eval parse unparse walk
    """
    + _AST_NODES,
    "base64": """
        a85decode a85encode b16decode b16encode b32decode b32encode b32hexdecode b32hexencode b64decode
        b64encode b85decode b85encode decodebytes encodebytes standard_b64decode standard_b64encode
        urlsafe_b64decode urlsafe_b64encode
    """,
    "binascii": """
        Error Incomplete a2b_base64 a2b_hex a2b_qp a2b_uu b2a_base64 b2a_hex b2a_qp b2a_uu crc32 crc_hqx
        hexlify unhexlify
    """,
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "bz2": "BZ2Compressor BZ2Decompressor compress decompress",
    "calendar": """
        Calendar FRIDAY HTMLCalendar IllegalMonthError IllegalWeekdayError MONDAY SATURDAY SUNDAY THURSDAY
        TUESDAY TextCalendar WEDNESDAY calendar day_abbr day_name firstweekday isleap leapdays month
        month_abbr month_name monthcalendar monthrange setfirstweekday timegm weekday weekheader
    """,
    "cmath": """
        acos acosh asin asinh atan atanh cos cosh e exp inf infj isclose isfinite isinf isnan log log10
        nan nanj phase pi polar rect sin sinh sqrt tan tanh tau
    """,
    "codecs": """
        BOM_UTF8 BOM_UTF16 BOM_UTF16_BE BOM_UTF16_LE
        BOM_UTF32 BOM_UTF32_BE BOM_UTF32_LE decode encode
    """,
    "collections": "ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque namedtuple",
    "collections.abc": """
        Callable Collection Container Generator Hashable ItemsView Iterable Iterator KeysView Mapping
        MappingView MutableMapping MutableSequence MutableSet Reversible Sequence Set Sized ValuesView
    """,
    "colorsys": "hls_to_rgb hsv_to_rgb rgb_to_hls rgb_to_hsv rgb_to_yiq yiq_to_rgb",
    "configparser": """
        BasicInterpolation ConfigParser DEFAULTSECT DuplicateOptionError DuplicateSectionError Error
        ExtendedInterpolation InterpolationDepthError InterpolationError InterpolationMissingOptionError
        InterpolationSyntaxError MissingSectionHeaderError NoOptionError NoSectionError ParsingError
        RawConfigParser SectionProxy
    """,
    "contextlib": """
        AbstractContextManager ContextDecorator ExitStack
        closing contextmanager nullcontext suppress
    """,
    "copy": "Error copy deepcopy",
    "csv": """
        Dialect DictReader DictWriter Error QUOTE_ALL QUOTE_MINIMAL QUOTE_NONE QUOTE_NONNUMERIC Sniffer
        excel excel_tab field_size_limit get_dialect list_dialects reader register_dialect unix_dialect
        unregister_dialect writer
    """,
    "dataclasses": """
        FrozenInstanceError InitVar KW_ONLY MISSING asdict astuple dataclass field is_dataclass
        replace
    """,
    "datetime": "MAXYEAR MINYEAR UTC date datetime time timedelta timezone tzinfo",
    "decimal": """
        BasicContext Clamped Context ConversionSyntax Decimal DecimalException DecimalTuple DefaultContext
        DivisionByZero DivisionImpossible DivisionUndefined ExtendedContext FloatOperation Inexact
        InvalidContext InvalidOperation MAX_EMAX MAX_PREC MIN_EMIN MIN_ETINY Overflow ROUND_05UP
        ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP
        Rounded Subnormal Underflow getcontext localcontext setcontext
    """,
    "difflib": """
        Differ HtmlDiff IS_CHARACTER_JUNK IS_LINE_JUNK Match SequenceMatcher context_diff diff_bytes
        get_close_matches ndiff restore unified_diff
    """,
    "email": "message_from_bytes message_from_string",
    "email.header": "Header decode_header make_header",
    "email.message": "EmailMessage Message",
    "email.parser": "BytesParser HeaderParser Parser",
    "email.policy": "HTTP SMTP SMTPUTF8 compat32 default strict",
    "email.utils": """
        collapse_rfc2231_value decode_rfc2231 encode_rfc2231 format_datetime formataddr formatdate
        getaddresses mktime_tz parseaddr parsedate parsedate_to_datetime parsedate_tz quote unquote
    """,
    "enum": """
        CONFORM CONTINUOUS EJECT Enum Flag IntEnum IntFlag KEEP NAMED_FLAGS STRICT StrEnum UNIQUE auto
        member nonmember property unique verify
    """,
    "fnmatch": "filter fnmatch fnmatchcase translate",
    "fractions": "Fraction",
    "functools": """
        cache cached_property cmp_to_key lru_cache
        partial partialmethod reduce total_ordering wraps
    """,
    "graphlib": "CycleError TopologicalSorter",
    "gzip": "BadGzipFile compress decompress",
    "hashlib": """
        algorithms_available algorithms_guaranteed blake2b blake2s md5 new pbkdf2_hmac scrypt sha1 sha224
        sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512 sha512 shake_128 shake_256
    """,
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "hmac": "HMAC compare_digest digest new",
    "html": "escape unescape",
    "html.entities": "codepoint2name entitydefs html5 name2codepoint",
    "html.parser": "HTMLParser",
    "http": "HTTPMethod HTTPStatus",
    "http.cookies": "CookieError Morsel SimpleCookie",
    "io": "BytesIO SEEK_CUR SEEK_END SEEK_SET StringIO TextIOWrapper UnsupportedOperation",
    "ipaddress": """
        AddressValueError IPV4LENGTH IPV6LENGTH IPv4Address IPv4Interface IPv4Network IPv6Address
        IPv6Interface IPv6Network NetmaskValueError collapse_addresses get_mixed_type_key ip_address
        ip_interface ip_network summarize_address_range v4_int_to_packed v6_int_to_packed
    """,
    "itertools": """
        accumulate chain combinations combinations_with_replacement compress count cycle dropwhile
        filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee zip_longest
    """,
    "json": "JSONDecodeError JSONDecoder JSONEncoder dump dumps load loads",
    "json.decoder": "JSONDecodeError JSONDecoder",
    "json.encoder": "JSONEncoder",
    "keyword": "iskeyword issoftkeyword kwlist softkwlist",
    "lzma": "LZMACompressor LZMADecompressor LZMAError compress decompress",
    "math": """
        acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc
        exp exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf
        isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod radians
        remainder sin sinh sqrt tan tanh tau trunc ulp
    """,
    "mimetypes": "guess_all_extensions guess_extension guess_type",
    "numbers": "Complex Integral Number Rational Real",
    "ntpath": _PATHS,
    "operator": """
        abs add and_ attrgetter concat contains countOf delitem eq floordiv ge getitem gt iadd iand
        iconcat ifloordiv ilshift imod imul index indexOf inv invert ior ipow irshift is_ is_not isub
        itemgetter itruediv ixor le length_hint lshift lt matmul methodcaller mod mul ne neg not_ or_ pos
        pow rshift setitem sub truediv truth xor
    """,
    "os": "linesep sep",
    "os.path": _PATHS,
    "pathlib": "PurePath PurePosixPath PureWindowsPath",
    "plistlib": "FMT_BINARY FMT_XML InvalidFileException UID dumps loads",
    "posixpath": _PATHS,
    "pprint": "PrettyPrinter isreadable isrecursive pformat pp pprint saferepr",
    "queue": "Empty Full LifoQueue PriorityQueue Queue SimpleQueue",
    "quopri": "decodestring encodestring",
    "random": """
        Random SystemRandom betavariate choice choices expovariate gammavariate gauss getrandbits getstate
        lognormvariate normalvariate paretovariate randbytes randint random randrange sample seed setstate
        shuffle triangular uniform vonmisesvariate weibullvariate
    """,
    "re": """
        A ASCII DOTALL I IGNORECASE M MULTILINE Match NOFLAG Pattern RegexFlag S U UNICODE VERBOSE X
        compile error escape findall finditer fullmatch match purge search split sub subn
    """,
    "reprlib": "Repr repr",
    "secrets": "SystemRandom choice compare_digest randbelow randbits token_bytes token_hex token_urlsafe",
    "shlex": "join quote split",
    "statistics": """
        NormalDist StatisticsError correlation covariance fmean geometric_mean harmonic_mean
        linear_regression mean median median_grouped median_high median_low mode multimode pstdev
        pvariance quantiles stdev variance
    """,
    "string": """
        Template ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits
        printable punctuation whitespace
    """,
    "struct": "Struct calcsize error iter_unpack pack pack_into unpack unpack_from",
    "sys": "byteorder float_info getsizeof hash_info int_info maxsize maxunicode version_info",
    "textwrap": "TextWrapper dedent fill indent shorten wrap",
    "time": """
        altzone asctime ctime daylight gmtime localtime mktime monotonic monotonic_ns perf_counter
        perf_counter_ns process_time process_time_ns strftime strptime struct_time time time_ns timezone
        tzname
    """,
    "tomllib": "TOMLDecodeError load loads",
    "types": """
        EllipsisType GeneratorType MappingProxyType
        NoneType NotImplementedType SimpleNamespace UnionType
    """,
    "typing": """
        AbstractSet Annotated Any AnyStr BinaryIO ByteString Callable ChainMap ClassVar Collection
        Concatenate Container ContextManager Counter DefaultDict Deque Dict Final FrozenSet Generator
        Generic Hashable IO ItemsView Iterable Iterator KeysView List Literal LiteralString Mapping
        MappingView Match MutableMapping MutableSequence MutableSet NamedTuple Never NewType NoReturn
        NotRequired Optional OrderedDict ParamSpec Pattern Protocol Required Reversible Self Sequence Set
        Sized SupportsAbs SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt
        SupportsRound TYPE_CHECKING Text TextIO Tuple Type TypeAlias TypeGuard TypeVar TypeVarTuple
        TypedDict Union Unpack ValuesView assert_never assert_type cast final
        is_typeddict overload runtime_checkable
    """,
    "unicodedata": """
        bidirectional category combining decimal decomposition digit east_asian_width is_normalized lookup
        mirrored name normalize numeric unidata_version
    """,
    "urllib.parse": """
        DefragResult DefragResultBytes ParseResult ParseResultBytes SplitResult SplitResultBytes parse_qs
        parse_qsl quote quote_from_bytes quote_plus unquote unquote_plus unquote_to_bytes urldefrag
        urlencode urljoin urlparse urlsplit urlunparse urlunsplit
    """,
    "uuid": """
        NAMESPACE_DNS NAMESPACE_OID NAMESPACE_URL NAMESPACE_X500 RESERVED_FUTURE RESERVED_MICROSOFT
        RESERVED_NCS RFC_4122 SafeUUID UUID uuid3 uuid4 uuid5
    """,
    "xml.dom.minidom": "Document Element Node parseString",
    "xml.etree.ElementTree": """
        C14NWriterTarget Comment Element PI ParseError ProcessingInstruction QName SubElement TreeBuilder
        VERSION XML XMLID XMLParser XMLPullParser fromstring fromstringlist indent iselement
        register_namespace tostring tostringlist
    """,
    "xml.parsers.expat": "ErrorString ExpatError error",
    "xml.sax.saxutils": "XMLGenerator escape quoteattr unescape",
    "zlib": """
        DEFLATED DEF_BUF_SIZE DEF_MEM_LEVEL MAX_WBITS Z_BEST_COMPRESSION Z_BEST_SPEED
        Z_DEFAULT_COMPRESSION Z_DEFAULT_STRATEGY Z_FILTERED Z_FINISH Z_FIXED Z_FULL_FLUSH Z_HUFFMAN_ONLY
        Z_NO_COMPRESSION Z_NO_FLUSH Z_PARTIAL_FLUSH Z_RLE Z_SYNC_FLUSH adler32 compress compressobj crc32
        decompress decompressobj error
    """,
    "zoneinfo": "ZoneInfo ZoneInfoNotFoundError available_timezones",
}

ALLOWED: dict[str, frozenset[str]] = {module: frozenset(names.split()) for module, names in _TABLE.items()}

PACKAGES = frozenset(
    ".".join(module.split(".")[:depth]) for module in ALLOWED for depth in range(1, module.count(".") + 2)
)
"""Every allowed module and the packages on the way to it."""
