"""The signs and codes of currencies that may stand beside a number."""

from __future__ import annotations

_CODES = (
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW MXN MYR NGN NOK NZD PEN "
    "PHP PKR PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR"
)
# signs that mean the same as others
CURRENCIES = {
    "US$": "$", "USD": "$", "EUR": "\u20ac", "GBP": "\u00a3", "INR": "\u20b9", "KR.": "KR", "RS.": "RS", "RP.": "RP",
    "FR.": "CHF", "\uffe5": "\u00a5", "円": "\u00a5", "РУБ": "\u20bd", "РУБ.": "\u20bd",
    "ГРН.": "ГРН",
}  # fmt: skip
CURRENCY = (
    "(?:(?:US|CA|AU|NZ|HK|S|R|A|C)?\\$|[\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9\u20ba\u20b4\u20ab\u20aa\u0e3f\uffe5円元원]|"
    f"(?i:{'|'.join(_CODES.split())}|kr\\.?|rs\\.?|rp\\.?|rm|z\u0142|k\u010d|fr\\.|руб\\.?|грн\\.?)|Fr|Ft|lei)"
)
# money that has no cents today: a sign before three figures stands between thousands
NO_CENTS = "[\u00a5\uffe5\u20a9\u20ab円元원]|(?i:JPY|KRW|VND|CLP|IDR|rp|HUF|ISK)|Ft"
