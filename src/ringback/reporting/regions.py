"""Names of regions as people say them. A region without one is shown by its ISO 3166 code."""

# Shown last in every list: they are not places.
NOT_PLACES = {"ambiguous": "More than one reading", "unreadable": "Could not be read"}
_NAMES = (
    "AE United Arab Emirates|AF Afghanistan|AL Albania|AR Argentina|AT Austria|AU Australia|"
    "BA Bosnia and Herzegovina|BB Barbados|BD Bangladesh|BE Belgium|BG Bulgaria|BR Brazil|"
    "BS Bahamas|CA Canada|CH Switzerland|CI Ivory Coast|CL Chile|CM Cameroon|CN China|CO Colombia|"
    "CR Costa Rica|CU Cuba|CY Cyprus|CZ Czechia|DE Germany|DK Denmark|DO Dominican Republic|"
    "DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|ES Spain|ET Ethiopia|FI Finland|FR France|"
    "GB United Kingdom|GE Georgia|GG Guernsey|GH Ghana|GI Gibraltar|GR Greece|HK Hong Kong|"
    "HR Croatia|HU Hungary|ID Indonesia|IE Ireland|IL Israel|IM Isle of Man|IN India|IQ Iraq|"
    "IR Iran|IS Iceland|IT Italy|JE Jersey|JM Jamaica|JO Jordan|JP Japan|KE Kenya|KR South Korea|"
    "KW Kuwait|KZ Kazakhstan|LB Lebanon|LK Sri Lanka|LT Lithuania|LU Luxembourg|LV Latvia|"
    "LY Libya|MA Morocco|MC Monaco|MD Moldova|ME Montenegro|MK North Macedonia|MT Malta|"
    "MU Mauritius|MX Mexico|MY Malaysia|NG Nigeria|NL Netherlands|NO Norway|NP Nepal|"
    "NZ New Zealand|OM Oman|PA Panama|PE Peru|PH Philippines|PK Pakistan|PL Poland|PR Puerto Rico|"
    "PT Portugal|QA Qatar|RO Romania|RS Serbia|RU Russia|SA Saudi Arabia|SE Sweden|SG Singapore|"
    "SI Slovenia|SK Slovakia|SN Senegal|SO Somalia|SY Syria|TH Thailand|TN Tunisia|TR Turkey|"
    "TT Trinidad and Tobago|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda|US United States|UY Uruguay|"
    "UZ Uzbekistan|VE Venezuela|VN Vietnam|XK Kosovo|YE Yemen|ZA South Africa|ZM Zambia|"
    "ZW Zimbabwe|001 Worldwide services"
)
REGION_NAMES: dict[str, str] = {code: name for code, _, name in (entry.partition(" ") for entry in _NAMES.split("|"))}


def region_name(code: str) -> str:
    """The name of a region, or its code if it has no name here.

    >>> region_name("GB"), region_name("ZZ"), region_name("ambiguous")
    ('United Kingdom', 'ZZ', 'More than one reading')
    """
    return NOT_PLACES.get(code) or REGION_NAMES.get(code, code)
