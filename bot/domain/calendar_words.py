"""The words for days, hours and lengths of time in Turkish and English, folded."""

from collections.abc import Mapping
from datetime import time

from bot.domain.folding import tokens

_APPROXIMATE_HOURS = {
    time(9): "sabah, sabahtan, sabahleyin, morning",
    time(12): "öğlen, öğle, öğleyin, noon",
    time(14): "öğleden sonra, öğleden sonraya, afternoon",
    time(18): "akşam, akşama, akşamüstü, evening, tonight",
    time(21): "gece, night",
}


def _table(listing: Mapping[int, str]) -> dict[str, int]:
    return {" ".join(tokens(word)): value for value, words in listing.items() for word in words.split(", ")}


MINUTE, HOUR, DAY, WEEK, MONTH = range(5)

UNITS = _table({
    MINUTE: "dk, dak, dakika, dakikaya, dakikalık, m, min, mins, minute, minutes",
    HOUR: "sa, s, saat, saate, saatlik, saatliğine, h, hr, hrs, hour, hours",
    DAY: "g, gün, güne, günlük, günlüğüne, d, day, days",
    WEEK: "hf, hft, hafta, haftaya, haftalık, haftalığına, w, wk, week, weeks",
    MONTH: "ay, aya, aylık, aylığına, mo, month, months",
})  # fmt: skip

COUNTS: dict[str, float] = {"yarim": 0.5, "half": 0.5} | _table({
    1: "bir, one, a, an", 2: "iki, two", 3: "üç, three", 4: "dört, four", 5: "beş, five", 6: "altı, six",
    7: "yedi, seven", 8: "sekiz, eight", 9: "dokuz, nine", 10: "on, ten",
})  # fmt: skip

AND_A_HALF = {"bucuk"}
LATER = {"sonra", "sonraya", "sonrasi", "sonrasina", "later", "icinde", "from now"}
BEFORE_LENGTH = {"in", "after", "for"}
BEFORE_DAY = {"on", "by", "until", "till", "this", "bu"}
AT = {"saat", "at"}

RELATIVE_DAYS = _table({
    0: "bugün, today",
    1: "yarın, yarına, tomorrow, tmrw, ertesi gün, next day",
    2: "öbür gün, öbür güne, öbürsü gün, yarından sonra, yarından sonraki gün, day after tomorrow",
    7: "haftaya, haftaya bugün, gelecek hafta, gelecek haftaya, önümüzdeki hafta, next week",
})  # fmt: skip

NEXT_MONTH = {"gelecek ay", "onumuzdeki ay", "next month"}
NEXT_WEEK = {"haftaya", "gelecek hafta", "onumuzdeki hafta", "gelecek", "onumuzdeki", "next"}

WEEKDAYS = _table({
    0: "pazartesi, pazartesiye, pazartesi günü, pzt, pts, monday, mon",
    1: "salı, salıya, salı günü, sal, tuesday, tue, tues",
    2: "çarşamba, çarşambaya, çarşamba günü, çar, wednesday, wed",
    3: "perşembe, perşembeye, perşembe günü, per, prş, thursday, thu, thur, thurs",
    4: "cuma, cumaya, cuma günü, cum, friday, fri",
    5: "cumartesi, cumartesiye, cumartesi günü, cmt, cts, saturday, sat",
    6: "pazar, pazara, pazar günü, paz, sunday, sun",
})  # fmt: skip

MONTHS = _table({
    1: "ocak, ocağa, ocakta, oca, january, jan", 2: "şubat, şubata, şubatta, şub, february, feb",
    3: "mart, marta, martta, mar, march", 4: "nisan, nisana, nisanda, nis, april, apr",
    5: "mayıs, mayısa, mayısta, may", 6: "haziran, hazirana, haziranda, haz, june, jun",
    7: "temmuz, temmuza, temmuzda, tem, july, jul", 8: "ağustos, ağustosa, ağustosta, ağu, august, aug",
    9: "eylül, eylüle, eylülde, eyl, september, sep, sept", 10: "ekim, ekime, ekimde, eki, october, oct",
    11: "kasım, kasıma, kasımda, kas, november, nov", 12: "aralık, aralığa, aralıkta, ara, december, dec",
})  # fmt: skip

PARTS_OF_DAY = {" ".join(tokens(word)): at for at, words in _APPROXIMATE_HOURS.items() for word in words.split(", ")}
