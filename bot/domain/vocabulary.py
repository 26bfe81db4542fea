"""The words that `words` recognises. Listings are folded, so they may be written naturally."""

import re

from bot.domain.folding import phrases

THANKS = phrases("""
    teşekkürler, teşekkür, teşekkür ederim, teşekkür ederiz, teşekkür ediyorum, teşekkür ediyoruz, teşekkürlerimle
    teşekkürlerimi sunarım, tşk, tşkler, tşkr, tşkrler, tşkürler, tesekurler, tesekür ederim, teşekküler, saol, saolun
    sağol, sağolun, sağ ol, sağ olun, sağ olasın, sağ olasınız, sağolasın, eyvallah, eyv, eyw, eywallah, mersi
    minnettarım, minnettarız, müteşekkirim, tamam, tamamdır, tmm, tm, tamm, ok, oki, okey, okay, okeydir, kk, peki
    pekala, oldu, oldu tamam, tamam oldu, olur, olsun, anladım, anlaşıldı, anlaştık, süper, süpersiniz, harika
    harikasınız, harikasın, mükemmel, mükemmelsiniz, muhteşem, şahane, güzel, çok güzel, çok iyi, iyi, on numara
    aynen, bravo, tebrikler, elinize sağlık, ellerinize sağlık, eline sağlık, ellerine sağlık, emeğinize sağlık
    emeğine sağlık, ağzınıza sağlık, allah razı olsun, allah rahatlık versin, var olun, varolun, iyi ki varsınız
    çözüldü, sorun çözüldü, halloldu, sorun halloldu, hallettim, hallettik, düzeldi, sorun düzeldi, sorun kalmadı
    sorun yok, artık çalışıyor, şimdi çalışıyor, şu an çalışıyor, gayet iyi çalışıyor, çalışıyor, çalıştı
    rica ederim, ne demek, iyi günler, iyi akşamlar, iyi geceler, iyi haftalar, iyi hafta sonları, iyi çalışmalar
    iyi sabahlar, günaydın, kolay gelsin, kolay gelsn, hayırlı işler, hayırlı günler, hayırlı akşamlar, hayırlı cumalar
    bol kazançlar, görüşürüz, görüşmek üzere, hoşça kalın, hoşçakalın, hoşça kal, kendinize iyi bakın, selamlar
    saygılar, saygılarımla, sevgiler, size de, sizlere de, sana da, teşekkür ettim, kib, bye, bye bye, bb
    yine de teşekkürler, yine teşekkürler, yine çok teşekkürler, tekrar teşekkürler
    thanks, thank you, thank u, thankyou, thx, thnx, tnx, thanx, ty, tyvm, tysm, cheers, much appreciated, appreciated
    appreciate it, i appreciate it, great, perfect, awesome, excellent, wonderful, amazing, brilliant, cool, nice
    good, very good, good job, great job, well done, nice work, great work, got it, understood, alright, all right
    all good, fine, sure, noted, roger, no problem, youre welcome, you too, same to you, goodbye, have a nice day
    have a good day, have a great day, good night, good evening, see you, regards, best regards, kind regards
    it works, it works now, works now, it is working now, its working now, works, works fine, works great, solved, fixed
    problem solved, its fixed, its solved, ta, k
""")

COURTESY = phrases("""
    çok, çok çok, gerçekten, ilginiz için, ilginize, ilginiz, ilgin için, yardımınız için, yardımlarınız için
    yardımın için, yardımınıza, yardımcı olduğunuz için, desteğiniz için, destekleriniz için, desteğin için, destek için
    yardım için, çözüm için, hızlı çözüm için, hızlı dönüşünüz için, hızlı desteğiniz için, dönüşünüz için
    hızlı cevabınız için, cevabınız için, cevap için, bilgi için, bilgilendirme için, bilgilendirdiğiniz için
    emeğiniz için, emekleriniz için, her şey için, her şey, zaman ayırdığınız için, sabrınız için, hepinize, herkese
    size, sizlere, sana, siz, biz, ben, ekibinize, ekibe, tüm ekibe, tüm ekip, arkadaşlar, arkadaşlara, hocam, abi, abim
    ağabey, abla, üstat, üstad, ustam, kardeşim, canım, dostum, hanımefendi, beyefendi, efendim, bey, hanım
    şimdiden, şimdilik, o zaman, o halde, ve, da, de, artık, şimdi, yeniden, ayrıca, bu kadar, sonsuz, hemen, bile
    so much, very much, a lot, a million, so, very, again, for your help, for the help, for your support, for everything
    for all, for your time, for the quick reply, for the quick response, for the fast reply, for your quick response
    for the info, for the information, for helping, for helping me, for your assistance, for fixing it, for that
    for your patience, and, to you, to you all, to all, all, everyone, everybody, guys, team, many, indeed, really, then
    now, that is, thats, its, it is, that was, just, oh, ah, wow, man, mate, bro, sir, madam, dear, friend, my
""")

ADDRESS = phrases("hanım, bey, hocam, abi, abla, hanımefendi, beyefendi, hanımcım, beyciğim")

ACCEPT = phrases("""
    kabul, kabul ediyorum, kabul ediyoruz, kabul ettim, kabul ederim, kabulüm, kabulümdür, kabul edildi
    çözümü kabul ediyorum, evet, evt, efet, evet kabul, evet oldu, evet tamam, e evet, onay, onaylıyorum, onaylıyoruz
    onayladım, onaylarım, onaylandı, onaylı, çözüldü, evet çözüldü, sorun çözüldü, sorunum çözüldü, düzeldi
    sorun düzeldi, sorunum düzeldi, halloldu, sorun halloldu, hallettim, sorun kalmadı, artık çalışıyor
    şimdi çalışıyor, şu an çalışıyor, evet çalışıyor, çalışıyor, evet artık çalışıyor, kapatabilirsiniz
    kapatabiliriz, talebi kapatabilirsiniz, kaydı kapatabilirsiniz, talep kapatılabilir, kapatılabilir
    accept, accepted, i accept, i accept it, i accept the solution, yes, yep, yeah, yup, yes please, approve, approved
    i approve, i agree, agreed, confirmed, i confirm, solved, it is solved, its solved, problem solved, issue solved
    resolved, its resolved, fixed, its fixed, it is fixed, it works, it works now, works now, its working now
    it is working now, yes it works, you can close it, you can close the ticket, please close, please close it
    you may close it
""")

REJECT = phrases("""
    red, ret, reddet, reddediyorum, reddettim, reddedildi, hayır, hyr, yok hayır, kabul etmiyorum, kabul etmiyoruz
    kabul etmedim, kabul değil, onaylamıyorum, onaylamıyoruz, onaylamadım, olmadı, hayır olmadı, olmuyor, olmuyo
    hala olmuyor, hala olmadı, yine olmadı, yine olmuyor, düzelmedi, hala düzelmedi, çözülmedi, hala çözülmedi
    sorun çözülmedi, sorun devam ediyor, çalışmıyor, hala çalışmıyor, yine çalışmıyor, çalışmadı, çözüm olmadı
    işe yaramadı, maalesef, malesef, ne yazık ki, maalesef olmadı, değil
    reject, rejected, i reject, i reject it, no, nope, nah, not accepted, i do not accept, i dont accept, declined
    i decline, not solved, its not solved, not fixed, its not fixed, not resolved, not working, it is not working
    its not working, still not working, it still doesnt work, still doesnt work, doesnt work, it doesnt work
    it does not work, does not work, didnt work, it didnt work, unfortunately, unfortunately not, no it doesnt
    same problem, same error, same issue
""")

MENU = phrases(
    "menü, menu, ana menü, menüyü göster, menüye dön, menü lütfen, menüyü aç, main menu, show menu, menu please"
)

SKIP = phrases("""
    geç, geçelim, geçiniz, geçin, geçiyorum, geç lütfen, lütfen geç, bunu geç, atla, atlayın, atlayalım, atla lütfen
    bunu atla, pas, pas geç, pas geçiyorum, pas geçelim, boş ver, boşver, boş geç, boş bırak, boş bırakıyorum
    bilmiyorum, emin değilim, fark etmez, farketmez, fikrim yok, skip, skip it, skip this, skip please, please skip
    pass, i dont know, dont know, not sure, no idea, idk, none of these, leave it
""")

_TROUBLE = r"(?:hata|sorun|problem|ariza|sikinti|uyari|aksaklik)"
_NEGATED = r"m[iuae](?:yo|di|mis)\w*"
_NOT_A_FAULT = r"(?:bil|hatirla|san|dusun|iste|bekle|gerek|anla|um|ugras)"
_SMALL_TR = r"(?: (?:artik|simdi|su|an|hic|hicbir|bir|daha|da|de|bende|bizde|devam|tekrar|yine|mesaji|mesajini|falan))*"
_SMALL_EN = r"(?:get|getting|see|seeing|have|having|the|that|this|any|same|an|a|with|had|got|more)"

TROUBLE_GONE = re.compile(
    rf"\b{_TROUBLE}\w*{_SMALL_TR} (?:(?:ol|al|ver|kal|gel|cik|gorun|gor|et|yasa){_NEGATED}|yok\b|yoktur\b|giderildi"
    r"|duzeldi|cozuldu|halloldu|gecti|bitti)"
    r"|\b(?:no|without|zero) (?:more |further |longer )?(?:errors?|problems?|issues?)\b"
    r"|\b(?:not|dont|doesnt|no longer|isnt|havent|never|didnt)"
    rf" (?:{_SMALL_EN} )*(?:errors?|problems?|issues?)\b(?: any ?more)?"
    r"|\b(?:not|no longer|isnt|doesnt|didnt|never|stopped|hasnt) (?:\w+ )?(?:fail|crash|happen|freez)\w*"
)
"""Good news that uses the words of bad news: "artık hata almıyorum", "no more errors"."""

FAILING = re.compile(
    rf"\b(?!{_NOT_A_FAULT}m[iu]yo)\w{{2,}}m[iu]yo(?!rdu|rsa|rmus)\w*"
    r"|\b(?:ol|calis|duzel|duzeltil|cozul|gec|acil|degis|yara|gel|git|baglan|baglana|gire|yapa|yuklen|hallol|halledil"
    r"|gonderil|yazdir|giderile|giderili?)m[ae](?:di|mis)\w*"
    r"|\b(?:hala|halen|yine|gene|tekrar)\b(?: \w+){0,3} (?:ayni|bozuk\w*|takili\w*|don(?:uyo|du)\w*|cok(?:tu|uyo)\w*"
    rf"|kapan(?:iyo|di)\w*|kesil(?:iyo|di)\w*|var|oldu|basladi|{_TROUBLE}\w*)\b"
    rf"|\bayni (?:\w+ )?(?:{_TROUBLE}\w*|sey\w*|durum\w*|mesaj\w*|ekran\w*)"
    rf"|\b{_TROUBLE}\w*(?: \w+)? (?:devam|suruyo\w*|var\b|veriyo\w*|aliyo\w*|cikiyo\w*|geliyo\w*|tekrarla\w*)"
    r"|\bdegisen (?:bir )?(?:sey|birsey) (?:yok|olmadi)|\bfayda etmedi|\bbozuk\b|\bdevam ediyo\w*"
    r"|\bstill (?:not|isnt|doesnt|does not|wont|cant|cannot|fail\w*|broken|getting|have|having|happen\w*|see|seeing"
    r"|down|stuck|the same|same|an? (?:error|issue|problem)|no\b|crash\w*|wrong)"
    r"|\b(?:not|isnt|doesnt|didnt|wont|wasnt|cant|cannot|never|no longer|hasnt|havent|nothing) (?:\w+ ){0,2}"
    r"(?:work\w*|fix\w*|solv\w*|resolv\w*|help\w*|open\w*|load\w*|connect\w*|log|sign|start\w*|print\w*|chang\w*)"
    r"|\b(?:same|identical) (?:old |exact )?(?:error|problem|issue|thing|message|fault)"
    r"|\bkeeps? (?:fail|crash|happen|freez|disconnect)\w*"
    r"|\b(?:happen\w*|fail\w*|crash\w*|broken?|back) again|\bno (?:change|luck|improvement|difference)\b"
    r"|\bun(?:re)?solved\b"
)
"""Words that say the trouble goes on, in folded text whose clauses are parted by `|`."""

CURED = re.compile(
    r"\b(?:artik|simdi|sonunda|bugun|now|finally)\b(?: \w+){0,2}"
    r" (?:calis(?:iyo|ti)\w*|duzeldi|cozuldu|halloldu|oldu|acildi|works?|working|fixed|solved|fine)\b"
)
"""A turn for the better that outdoes a complaint before it: "önce olmadı, şimdi çalışıyor"."""
