"""Templates of whole pages: escaped, strict about names, and without the blanks that blocks leave."""

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined


def page_environment(package: str, *, bytecode_cache: BytecodeCache | None = None) -> Environment:
    """The templates in a package's folder `templates`.

    Args:
        package: Such as "ringback.reporting".
        bytecode_cache: Keeps compiled templates; None to compile them in every process.
    """
    return Environment(
        loader=PackageLoader(package),
        bytecode_cache=bytecode_cache,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
