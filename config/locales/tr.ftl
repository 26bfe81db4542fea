### Gişe'nin Türkçe metinleri. en.ftl ile aynı anahtarlar ve değişkenler; bir test bunu denetler.


## Günler

day-yesterday = dün { $time }
day-today = bugün { $time }
day-tomorrow = yarın { $time }


## Ortak düğmeler

button-choose = Seçin
button-skip = Geç
button-more = Devamı
button-back = Önceki
skip-hint = Bu soruyu geçmek için “geç” yazmanız yeterli.


## Talebin durumu

status-new = Yeni
status-open = İnceleniyor
status-pending = Bilgi bekleniyor
status-postponed = Ertelendi
status-in_development = Geliştirme aşamasında
status-solution_proposed = Çözüm önerildi
status-closed = Kapandı

close-reason-accepted = çözüm kabul edildi
close-reason-no_answer = yanıt gelmedi
close-reason-withdrawn = talep geri çekildi
close-reason-answered_by_article = bilgi bankasından yanıtlandı
close-reason-merged = başka bir taleple birleştirildi
close-reason-spam = istenmeyen ileti
close-reason-by_lead = ekip lideri kapattı

priority-critical = Kritik
priority-high = Yüksek
priority-medium = Orta
priority-low = Düşük


## İlk sorular

intake-ask-type = Size en iyi şekilde yardım edebilmemiz için: bu bir soru mu, öneri mi, yoksa arıza mı?
intake-ask-source = Sorun hangi konuda?
intake-ask-scope = Bu sorun herkeste mi var, yoksa sadece sizde mi?
intake-ask-reproducible = Aynı adımları izlediğinizde sorun her seferinde çıkıyor mu?

field-type = Tür
field-source = Kaynak
field-scope = Kapsam
field-reproducible = Tekrarlanabiliyor


## Anlaşılamayan ya da yapılamayan istekler

when-not-understood = “{ $given }” ifadesinden bir zaman çıkaramadım. Şöyle yazabilirsiniz: 2d, 3 saat, yarın 09:00, pazartesi, 01.12.2026 15:00
when-in-past = “{ $given }” geçmişte kalıyor. İleri bir zaman yazar mısınız? Örneğin: yarın 09:00
when-too-far = “{ $given }” çok ileri bir tarih. En fazla { $years } yıl sonrasını yazabilirsiniz.
too-large = { $name ->
    [photo] Fotoğraf çok büyük
    [video] Video çok büyük
    [video_note] Video mesajı çok büyük
    [animation] Hareketli görsel çok büyük
    [audio] Ses dosyası çok büyük
    [voice] Ses kaydı çok büyük
    [document] Dosya çok büyük
    [sticker] Çıkartma çok büyük
   *[other] “{ $name }” çok büyük
    }: { $size_mb } MB. Bu kanalda en fazla { $limit_mb } MB gönderilebiliyor. Küçültüp yeniden gönderebilir ya da bir bağlantı paylaşabilirsiniz.


## İçeriğin türü

kind-text = Yazı
kind-photo = Fotoğraf
kind-video = Video
kind-video_note = Video mesajı
kind-animation = Hareketli görsel
kind-audio = Ses dosyası
kind-voice = Ses kaydı
kind-document = Dosya
kind-sticker = Çıkartma
kind-location = Konum
kind-contact = Kişi kartı
kind-other = Diğer


## Taşınamayan içeriğin yerini tutan sözler

placeholder-unsupported = Bu mesaj türü burada gösterilemiyor
placeholder-poll = 📊 Anket
placeholder-dice = 🎲 Zar
placeholder-story = Hikâye
placeholder-checklist = ☑️ Yapılacaklar listesi
placeholder-game = 🎮 Oyun
placeholder-invoice = 🧾 Ödeme isteği
placeholder-giveaway = 🎁 Çekiliş
placeholder-paid-media = Ücretli içerik
placeholder-gift = 🎁 Hediye
placeholder-order = 🛒 Sipariş
placeholder-form = 📝 Doldurulmuş form
placeholder-location = 📍 Konum
placeholder-contact = 👤 Kişi kartı
placeholder-sticker = Çıkartma
placeholder-rich-message = Zengin biçimli mesaj
placeholder-giveaway-winners = 🎁 Çekiliş sonucu
placeholder-unique-gift = 🎁 Özel hediye
placeholder-gift-upgrade-sent = 🎁 Hediye yükseltmesi
placeholder-successful-payment = 💳 Ödeme
placeholder-passport-data = Kimlik belgesi
placeholder-user-shared = 👤 Paylaşılan kişi
placeholder-users-shared = 👤 Paylaşılan kişiler
placeholder-chat-shared = Paylaşılan sohbet
placeholder-web-app-data = Mini uygulamadan gelen veri
placeholder-photo = Açılamayan bir fotoğraf
placeholder-live-photo = Canlı fotoğraf
placeholder-video = Açılamayan bir video
placeholder-video-note = Açılamayan bir video mesajı
placeholder-animation = Açılamayan bir hareketli görsel
placeholder-audio = Açılamayan bir ses dosyası
placeholder-voice = Açılamayan bir ses kaydı
placeholder-document = Açılamayan bir dosya
placeholder-template = 🔔 Şablon
placeholder-venue = 📍 Mekân


## Müşteriye: talebin yolculuğu

plain = { $text }
welcome = Merhaba! Sorununuzu, sorunuzu ya da önerinizi buraya yazmanız yeterli; fotoğraf ve dosya da gönderebilirsiniz. Yapabileceklerinizi görmek için “menü” yazın.
ticket-opened = Mesajınızı aldık. Talep numaranız: { $number }
ticket-opened-follow-up = Mesajınızı, kapanan { $earlier } numaralı talebinizin devamı olarak aldık. Yeni talep numaranız: { $number }
intake-confirmed = Teşekkürler, { $number } numaralı talebiniz ekibimizde. Eklemek istediğiniz her şeyi buraya yazabilirsiniz.
intake-confirmed-summary = Teşekkürler, { $number } numaralı talebiniz ekibimizde. Anladığımız kadarıyla:
    { $summary }
    Eklemek istediğiniz her şeyi buraya yazabilirsiniz.
intake-already-answered = Bu soruyu yanıtlamıştınız, teşekkürler.
intake-noted = Teşekkürler, not ettik.
intake-changed = Sorularımız az önce değişti; lütfen son soruyu yanıtlayın.
notice-taken = { $number }: Talebiniz inceleniyor. Bir ekip arkadaşımız ilgileniyor.
frame-ask = ❓ { $text }

    Yanıtınızı buraya yazmanız yeterli. { $until } tarihine kadar ({ $days }) yanıt gelmezse { $number } numaralı talebi kapatacağız.
frame-propose = 💡 { $text }

    Sorununuz çözüldü mü? { $until } tarihine kadar ({ $days }) yanıt gelmezse { $number } numaralı talebi kapatacağız.
notice-postponed = { $number }: Talebiniz ertelendi, { $until } itibarıyla yeniden ele alacağız. Bu arada bir şey yazarsanız hemen bakarız.
notice-in-development = { $number }: Talebiniz geliştirme ekibimizde. Tahmini tarih: { $eta }. Gelişme oldukça haber vereceğiz.
notice-reminder = { $number }: Hâlâ yanıtınızı bekliyoruz. { $until } tarihine kadar yanıt gelmezse talebi kapatacağız.
rejected-ask-reason = { $number }: Anladık, talebiniz açık kalıyor. Neyin olmadığını kısaca yazar mısınız?
reason-noted = Teşekkürler, ekibimize ilettik.
contradiction = { $number }: Az önce sorunun sürdüğünü yazdınız. Talebi yine de kapatalım mı?
closed-accepted = { $number }: Onayınız için teşekkürler, talebiniz kapandı. Gerekirse buraya yazmanız yeterli.
closed-no-answer = { $number }: { $days } yanıt gelmediği için talebi kapattık. Sorun sürüyorsa buraya yazmanız yeterli.
closed-by-lead = { $number }: Talebiniz kapatıldı. Bir sorunuz olursa buraya yazmanız yeterli.
offer-reopen = { $number } numaralı talebiniz kapanmıştı. Bu mesaj onunla mı ilgili, yoksa yeni bir talep mi?
reopened = { $number }: Talebiniz yeniden açıldı.
reopened-by-desk = { $number }: Talebinizi yeniden ele alıyoruz.
reopened-in-time = { $number }: Yanıtınızı talep kapanmadan önce yazmıştınız, bize şimdi ulaştı. Talebiniz yeniden açıldı.
merged = { $number }: Bu konu { $other } numaralı talebinizle aynı. Oradan devam ediyoruz; buraya yazmanız yeterli.
correction = ✏️ Düzeltme: { $text }

button-accept = ✅ Kabul et
button-accept-anyway = ✅ Evet, kapatın
button-reject = ❌ Reddet
button-reopen = ↩️ Yeniden aç
button-new = 🆕 Yeni talep


## Müşteriye: menü

menu = Size nasıl yardım edebiliriz? Talebinizi doğrudan da yazabilirsiniz.
menu-title = Menü
menu-enough = Bugün çok sayıda komut geldi; yarına kadar komutlara yanıt vermeyeceğim. Sorununuzu kendi sözlerinizle yazarsanız bir temsilcimize iletirim.
menu-unknown-command = Bu komutu bilmiyoruz. Yapabilecekleriniz:
menu-new = 🆕 Yeni talep
menu-tickets = 📋 Taleplerim
menu-status = 🔎 Durum
menu-language = 🌐 Dil / Language
menu-help = ℹ️ Yardım
help-customer = Bize buradan yazmanız yeterli: her mesajınız talebinize eklenir, yanıtlar buraya gelir.

    /new – yeni talep
    /tickets – talepleriniz
    /status – son talebin durumu
    /language – dil
    “menü” yazarak da buraya dönebilirsiniz.
new-write = Yeni talebinizi yazın; ilk mesajınızla birlikte numarasını vereceğiz.
tickets-list = Talepleriniz:
    { $list }
tickets-none = Henüz bir talebiniz yok. Yazdığınız ilk mesajla açılır.
tickets-not-found = Bu numarayla bir talebiniz yok. /tickets ile hepsini görebilirsiniz.
ticket-status = { $number } · { $status }
    { $subject }
    Açılış: { $opened }
ticket-status-postponed = { $number } · { $status }: { $until }
    { $subject }
    Açılış: { $opened }
ticket-status-merged = { $number } · { $other } ile sürüyor
    { $subject }
    Açılış: { $opened }
language-ask = Hangi dilde yazalım?
language-name = Türkçe
language-set = Bundan sonra size Türkçe yazacağız.
language-unknown = Bu dili henüz bilmiyoruz. Türkçe ya da English seçebilirsiniz.


## Düğmelere kısa yanıtlar

button-old = Bu düğme artık geçerli değil.
button-old-proposal = Bu öneri artık geçerli değil; lütfen son öneriyi yanıtlayın.
button-proposal-over = Bu öneri artık yanıt beklemiyor; talebiniz açık ve ekibimizde.
button-not-yours = Bu düğme size ait değil.
button-already-closed = Bu talep zaten kapandı.
button-already-open = Bu talep zaten açık.
button-merged = { $number }, { $other } ile birleştirildi; buraya yazmanız yeterli, orada göreceğiz.


## Ekibe: kart

card-requester = Müşteri
card-assignee = Sorumlu
card-earlier = Önceki talepleri
card-follow-up = Devamı olduğu talep
card-links = Bağlantılı
card-reopened = Yeniden açılma
card-priority = Öncelik
card-category = Kategori
card-opened = Açılış
card-first-response = İlk yanıt
card-postponed-until = Ertelendi
card-eta = Tahmini tarih
card-auto-close = Otomatik kapanış
card-closed = Kapanış
card-window = WhatsApp penceresi
card-window-open = en az { $until } saatine kadar
card-window-shut = kapalı; yanıt, müşteri yazınca gider
card-development = Geliştirme
step-take = 🙋 Üstlen
step-postpone = 💤 Yarına ertele
step-resume = ▶️ Devam et
step-reopen = ↩️ Yeniden aç
step-history = 🕘 Geçmiş
nobody = kimse
somebody = Müşteri
channel-whatsapp = WhatsApp
channel-telegram = Telegram


## Ekibe: konudaki satırlar

desk-from = 👤 { $name }
desk-edited = ✏️ düzenlendi
desk-revoked = 🗑 müşteri bu mesajı sildi
desk-file-failed = 📎 “{ $name }” buraya aktarılamadı: { $reason }
desk-too-large = 📎 “{ $name }” buraya sığmıyor: { $size_mb } MB (en fazla { $limit_mb } MB). Müşteriye söylendi.
desk-reacted = { $name } tepki verdi: { $emoji }
desk-after-closing = ⤵️ kapandıktan sonra yazdı; yeniden açma ya da yeni talep önerildi
desk-moved-on = ⤴️ { $name } yeni talep seçti; mesajı { $number } numaralı talebe taşındı.
desk-reject-reason = ❌ ret nedeni
desk-accepted = ✅ { $name } çözümü kabul etti, talep kapandı.
desk-rejected = ❌ { $name } çözümü reddetti; nedeni soruldu.
desk-rejected-assigned = ❌ { $name } çözümü reddetti; nedeni soruldu. Talep yine { $agent } üzerinde.
desk-contradiction = ⚠️ { $name } hem kabul etti hem de sorunun sürdüğünü yazdı; bir kez daha soruldu.
desk-reopened = ↩️ { $name } talebi yeniden açtı.
desk-answer-crossed = ↩️ { $name } otomatik kapanmadan önce yanıt vermişti ({ $at }), yanıt şimdi ulaştı; talep yeniden açık.
desk-merged-into = 🔗 { $name } bu talebi { $number } ile birleştirdi; müşterinin yazdıkları artık oraya gider.
desk-merged-here = 🔗 { $name } { $number } numaralı talebi bununla birleştirdi: “{ $subject }”. Orada yazılanlar orada duruyor (/history { $number }).
desk-merge-undone = 🔗 { $name } { $number } numaralı talebi yeniden ayırdı; artık kendi başına bir talep.
desk-linked = 🔗 { $name } { $number } numaralı talebi bağladı: “{ $subject }”
desk-auto-closed = ⌛ { $days } yanıt gelmedi, talep kapandı.
desk-woke = ⏰ Erteleme bitti, talep yeniden açık. { $agent } { $reason }
desk-eta = 📅 Tahmini tarih geldi: { $engineer }, { $issue }. { $agent } müşteriye haber verme zamanı.
desk-blocked = 🚫 Müşteri botu engelledi; mesajlar ulaşmıyor.
desk-unblocked = ✅ Müşteri engeli kaldırdı; mesajlar yeniden ulaşıyor.
desk-identity-changed = ☎️ Müşterinin numarası ya da kimliği değişti; konuşma sürüyor.
desk-file-late = 📎 dosya yolda, birazdan burada olacak
button-fetch = 🔁 Yeniden dene
file-again = Dosya yeniden isteniyor.
file-not-needed = Gerek kalmadı: dosya burada ya da zaten yolda.
desk-banned = 🔇 { $name } susturuldu: yazdıkları saklanır, burada gösterilmez ve yanıtlanmaz.
desk-unbanned = 🔊 { $name } yeniden dinleniyor.
banned-already = { $name } zaten susturulmuş.
not-banned = { $name } susturulmamış.
desk-vip = ⭐ { $name } bundan böyle VIP. { $count ->
    [0] Açık talebi yok.
   *[other] { $count } açık talebinin süreleri yeniden hesaplandı.
 }
desk-unvip = ☆ { $name } artık VIP değil. { $count ->
    [0] Açık talebi yok.
   *[other] { $count } açık talebinin süreleri yeniden hesaplandı.
 }
vip-already = { $name } zaten VIP.
not-vip = { $name } VIP değil.
desk-assigned = { $number } → { $name }
desk-went-to = ↪ { $number } artık { $team } ekibinde; yazışma oradaki konuda sürüyor.
desk-came-here = ↪ { $name } bu talebi bu ekibe aktardı. Önceki konu: { $link }
desk-topic-anew = 🕘 Bu konu, silinen ya da kapatılan konunun yerini aldı; daha önce konuşulanları /history gösterir.
desk-helper-out = ⚠️ Yardımcı bot { $bot } bir temsilci grubuna yazamıyor: { $reason } Yazıları diğer botlar gönderiyor; `gise check` ne yapılacağını söyler.
desk-helper-token = belirteci kabul edilmiyor.
desk-helper-absent = grupta değil ya da yazma izni yok.
desk-postponed = { $number } ertelendi: { $until }
desk-in-development = { $number } geliştirmede: { $engineer }, { $issue }, { $eta }
desk-set = { $number } · { $field }: { $value }
possibly-repeated = 🔁 (yinelenmiş olabilir)
inbox-parked = ⚠️ { $channel } kanalından gelen bir güncelleme okunamadı ve saklandı (kayıt { $id }).
inbox-stale = ⚠️ { $channel } kanalından bir aydan eski bir güncelleme geldi; işlenmedi ama saklandı (kayıt { $id }).


## Ekibe: teslimat

delivery-parked = 😴 WhatsApp'ın 24 saatlik penceresi kapalı. Yanıt saklandı; müşteri yazınca kendiliğinden gider.
delivery-parked-knocked = 😴 WhatsApp'ın 24 saatlik penceresi kapalı. Yanıt saklandı; müşteriye “yanıtı göster” düğmeli şablon gönderildi, basınca ya da yazınca gider.
delivery-parked-template = 😴 WhatsApp'ın 24 saatlik penceresi kapalı. Yanıt saklandı; müşteri yazınca kendiliğinden gider. “Yanıtı göster” düğmeli şablon gönderilemedi: { $reason }.
delivery-knock-failed = 💔 “Yanıtı göster” düğmeli şablon müşteriye ulaşmadı: { $reason }. Yanıt saklı; müşteri yazınca gider.
delivery-notice-skipped = 😴 Bir bilgilendirme gönderilmedi: { $reason }.
delivery-withdrawn = 🗑 Talep kapatıldı; pencere açılmadığı için saklanan bu yanıt artık kendiliğinden gitmez.
button-knock = 🔔 Şablonu gönder
cost-class = { $class ->
    [service] hizmet
    [utility] bilgilendirme
    [marketing] pazarlama
    [authentication] doğrulama
   *[other] { $class }
    }
delivery-failed = 💔 Müşteriye ulaşmadı: { $reason }
delivery-desk-failed = ⚠️ Bir ileti buraya aktarılamadı: { $reason }
delivery-personal-lost = 💔 { $name } adlı kişiye özel ileti ulaşmadı ({ $reason }): { $words }
delivery-uncertain = 🤔 Ulaşıp ulaşmadığı bilinmiyor. Müşteride görünmüyorsa yeniden gönderin.
delivery-held = ⏸ Veritabanının bir kopyasına dönüldü; bu ileti kopyadan sonra gitmiş olabilir: “{ $words }”. Müşteride görünmüyorsa yeniden gönderin.
delivery-held-desk = ⏸ Veritabanının bir kopyasına dönüldü; bu ileti burada zaten duruyor olabilir: “{ $words }”
desk-restored-waiting = ⏸ Veritabanının bir kopyasına dönüldü: bu arada yanıt gelip gelmediği bilinmiyor, siz yeniden yazana kadar sessizlik bu talebi kapatmaz.
desk-restored = ⏸ Veritabanı { $moment } tarihli kopya: ondan sonra yazılanlar ve yapılanlar burada yok. O sırada bekleyen { $count } ileti bekletildi, { $outside } tanesinin talebi yok; ötekiler konularında gönderme düğmesiyle duruyor.
button-resend = 🔁 Yeniden gönder
resend-done = Yeniden gönderiliyor.
resend-not-needed = Gerek kalmadı: mesaj ulaştı ya da zaten yolda.
resend-edited = İleti sonradan düzeltildi ve bu hâliyle yeniden gönderilemez; yeni hâlini yazın.
state-received = alındı
state-stored = kuyrukta
state-sending = gönderiliyor
state-sent = gönderildi
state-delivered = ulaştı
state-read = okundu
state-parked = bekletiliyor
state-uncertain = belirsiz
state-failed = ulaşmadı
state-expired = gönderilmedi

send-error-blocked = müşteri bizi engellemiş
send-error-not-reachable = müşteriye bu hesaptan ulaşılamıyor
send-error-window = WhatsApp'ın 24 saatlik penceresi kapalı
send-error-too-large = dosya bu kanal için çok büyük
send-error-media-type = bu dosya türünü kanal kabul etmiyor
send-error-media-gone = dosya artık kanalda bulunmuyor
send-error-no-room = sunucuda dosyalar için yer kalmadı; yöneticiye haber verin
send-error-rate = kanal çok sık gönderim nedeniyle bekletiyor
send-error-auth = kanal erişim anahtarını kabul etmiyor; yöneticiye haber verin
send-error-rights = botun bu grupta gereken yetkisi yok; yöneticiye haber verin
send-error-template = şablon kullanılamıyor
send-error-template-paused = şablon duraklatılmış
send-error-template-disabled = şablon Meta tarafından kapatılmış
send-error-template-rejected = şablonu Meta reddetmiş
send-error-template-review = şablon Meta'nın incelemesinde
send-error-template-missing = böyle bir şablon yok
send-error-template-parameters = şablonun değişkenleri uymuyor (tek değişkeni kayıt numarası olmalı)
send-error-template-buttons = şablonun ilk düğmesi hızlı yanıt düğmesi değil
send-error-bad-request = kanal mesajı kabul etmedi
send-error-chat-gone = sohbet artık yok
send-error-network = kanala bağlanılamadı
send-error-vendor = kanalda geçici bir sorun var
send-error-unknown-outcome = kanal yanıt vermedi, sonuç bilinmiyor
send-error-restored = kopyaya dönüldüğü için bekletildi, gitmiş olabilir
send-error-no-receipt = hiçbir okundu ya da iletildi bilgisi gelmedi, gitmiş olabilir
send-error-closed = talep kapatıldığı için gönderilmedi
send-error-moved = sohbet taşınmış


## Ekibe: komutlar

help-agent = Bu konuya yazdığınız her şey müşteriye gider; “//” ile başlayan not olarak kalır.
help-agent-notes = Bu konuya yazdığınız her şey not olarak grupta kalır; müşteriye yanıt için /reply kullanın.
command-take = talebi üstlen
command-assign = birine, bir ekibe ya da (*) boşta olana ver
command-ask = müşteriye sor ve yanıt bekle
command-propose = çözüm öner (kabul / ret)
command-postpone = ertele: 2d, yarın 09:00, pazartesi …
command-dev = geliştirmeye ver: mühendis, kayıt, tarih
command-resume = yeniden ele al
command-note = iç not
command-reply = müşteriye yanıt
command-priority = öncelik: critical, high, medium, low
command-category = kategori
command-set = bilgi alanını doldur
command-history = geçmiş
command-tickets = açık talepler (mine, pending …)
command-status = durum
command-merge = bu talebi bir başkasıyla birleştir
command-link = ilgili bir talebe bağla
command-reopen = yeniden aç
command-close = kapat (lider)
command-ban = müşteriyi sustur (lider)
command-unban = müşteriyi yeniden dinle (lider)
command-vip = müşteriyi VIP yap (lider)
command-unvip = VIP'yi geri al (lider)
command-role = rol ver (yönetici)
command-help = bu liste

usage-assign = Kime? Örneğin: /assign @elif; boşta olan birine: /assign *
usage-ask = Ne soralım? Örneğin: /ask Hangi sürümü kullanıyorsunuz?
usage-propose = Çözümü yazın. Örneğin: /propose Önbelleği temizleyip yeniden deneyin.
usage-reply = Yanıtı yazın. Örneğin: /reply Hemen bakıyoruz.
usage-note = Notu yazın. Örneğin: /note Dün de aynı sorun vardı. (Kısası: // Dün de …)
usage-postpone = Ne zamana? Örneğin: /postpone 2d, /postpone yarın 09:00 tedarikçi bekleniyor
usage-dev = Şöyle yazın: /dev MÜHENDİS KAYIT TARİH. Örneğin: /dev can ABC-123 cuma
usage-priority = Öncelik: critical, high, medium ya da low (kritik, yüksek, orta, düşük; P0–P3).
usage-category = Kategoriyi yazın. Örneğin: /category Fatura
usage-set = Şöyle yazın: /set ALAN DEĞER. Örneğin: /set scope everyone
usage-merge = Hangi taleple? Örneğin: /merge #2026-000123
usage-link = Hangi talebe? Örneğin: /link #2026-000123
usage-close = Nedenini yazın. Örneğin: /close by_lead Müşteriyle telefonda çözüldü
usage-tickets = Süzgeç: mine ya da bir durum ({ $states }).
usage-role = Şöyle yazın: /role @kim ROL. Roller: { $roles }
set-unknown-field = “{ $given }” diye bir alan yok. Alanlar: { $fields }
set-bad-value = { $field } için bu değer uymuyor. Seçenekler: { $options }
agent-not-found = “{ $given }” adında kimse bulunamadı. Grupta en az bir mesaj yazmış olması gerekir.
agent-or-team-not-found = “{ $given }” adında ne bir temsilci ne de bir ekip bulundu. Ekipler: { $teams }
agent-cannot = { $name } atanamaz: grupta değil ya da temsilci yetkisi yok.
assign-nobody-free = { $number } talebini alacak boşta kimse yok: /assign @kişi yazın ya da siz üstlenin.
agent-ambiguous = “{ $given }” birden çok kişiye uyuyor; @kullanıcıadı ile yazın.
already-responsible = { $number } zaten { $name } üzerinde.
already-with-team = { $number } zaten { $team } ekibinde.
ticket-went = { $number } artık bu konuda değil, yazdığınız kimseye gitmedi. Talep şurada: { $link }
another-group = başka bir temsilci grubu
command-needs-ticket = Bu komutu talebin konusunda ya da talebin bir mesajını yanıtlayarak kullanın.
command-unknown = { $given } diye bir komut yok. /help hepsini gösterir.
not-your-right = Bunun için yetkiniz yok.
write-as-yourself = Kendi adınızla yazın: anonim yönetici ya da kanal adına yazılanlar müşteriye gitmez, iletilen mesajlar komut sayılmaz.
not-in-this-status = { $number } şu anda “{ $status ->
    [new] Yeni
    [open] İnceleniyor
    [pending] Bilgi bekleniyor
    [postponed] Ertelendi
    [in_development] Geliştirme aşamasında
    [solution_proposed] Çözüm önerildi
   *[closed] Kapandı
    }” durumunda; { $action ->
    [reopen] yeniden açmaya gerek yok.
    [resume] yeniden ele alınacak bir şey yok.
   *[other] bu adım atılamaz.
    }
reply-to-closed = { $number } kapalı, mesajınız gönderilmedi. Önce /reopen yazın.
reply-to-merged = { $number }, { $other } ile birleştirildi; mesajınız gönderilmedi. Oraya yazın ya da burada önce /reopen yazın.
merged-already = { $number }, { $other } ile birleştirildi; oradan sürdürün. /reopen onu yeniden ayırır.
merge-itself = { $number } kendisiyle birleştirilemez. Öteki talebin numarasını yazın.
merge-closed = { $number } kapalı, hiçbir şey birleştirilmedi. Önce orada /reopen yazın ya da /link kullanın.
merge-other-requester = { $number } ile { $other } ayrı yazışmalara ait: birinde yazılan yanıt yanlış kişiye giderdi. Bunun yerine /link { $other } yazın.
link-itself = { $number } kendisine bağlanamaz. Öteki talebin numarasını yazın.
linked-already = { $number } ile { $other } zaten bağlı.
links-too-many = { $number } üzerinde zaten { $most } bağlantı var; daha fazlası olamaz.
reply-empty = Gönderilecek bir şey bulunamadı.
reply-not-carried = { $kind } müşteriye taşınamıyor; lütfen yazı, dosya, konum ya da kişi olarak gönderin.
edit-not-sent = ✏️ { $name }: bu düzeltme müşteriye gönderilmedi (“/” ile başlıyor).
ticket-unknown = { $given } numaralı bir talep yok.
tickets-none-here = Bu süzgece uyan talep yok.
tickets-more = … ve dahası; /tickets benim ya da /tickets DURUM daha azını gösterir.
status-counts = Talepler:
history-of = 🕘 { $number } · { $name }
role-set = { $name }: { $role }
role-list = Roller:
role-from-configuration = { $name } yöneticiliğini yapılandırmadan (GISE_ADMINS) alıyor; oradan değiştirin.
role-agent = temsilci
role-lead = lider
role-admin = yönetici
role-owner = sahip
role-none = rolsüz
actor-requester = Müşteri
actor-agent = Temsilci
actor-system = Gişe
action-create = açtı
action-take = üstlendi
action-assign = atadı
action-reply = yanıtladı
action-ask = sordu
action-propose = çözüm önerdi
action-postpone = erteledi
action-dev = geliştirmeye verdi
action-resume = yeniden ele aldı
action-wake = ertelemeyi bitirdi
action-answer = yazdı
action-accept = kabul etti
action-reject = reddetti
action-withdraw = geri çekti
action-expire = yanıt gelmediği için kapattı
action-close = kapattı
action-reopen = yeniden açtı
action-set = bilgi güncelledi


## WhatsApp hesabımız

alarm-template-stopped = ⚠️ WhatsApp şablonu { $name } ({ $language }): { $reason }. Düzelene kadar gönderilmeyecek.
alarm-template-works = ✅ WhatsApp şablonu { $name } ({ $language }) yeniden kullanılabiliyor.
alarm-template-quality = ⚠️ Meta, { $name } ({ $language }) şablonuna { $quality } notu verdi: müşteriler onu engelliyor ya da okumuyor, duraklatılabilir.
alarm-template-quality-good = ✅ Meta'nın { $name } ({ $language }) şablonuna verdiği not düzeldi.
alarm-number-quality = ⚠️ Meta, WhatsApp numaramıza { $quality } notu verdi (sınır: { $limit }). Böyle giderse gönderimi kısıtlar; WhatsApp Yöneticisi'ne bakın.
alarm-number-quality-good = ✅ Meta'nın WhatsApp numaramıza verdiği not düzeldi.
alarm-number-status = ⚠️ WhatsApp numaramızın Meta'daki durumu { $status }. WhatsApp Yöneticisi'ne bakın.
alarm-number-status-good = ✅ WhatsApp numaramız yeniden bağlı.
alarm-account = ⚠️ Meta, WhatsApp hesabımız için { $event } bildirdi. WhatsApp Yöneticisi > Hesap kalitesi sayfasına bakın.


## Gişe'nin kendi sağlığı

trouble-raised = ⚠️ Gişe'nin dikkatinize ihtiyacı var:
trouble-healed = ✅ Düzeldi:
trouble-lasted = { $what } ({ $minutes ->
    [0] bir dakikadan kısa sürdü
   *[other] { $minutes } dakika sürdü
    })
trouble-inbox-stuck = Gelen iletiler bir dakikadır işlenemiyor. Hiçbiri kaybolmadı; nedeni sunucunun günlüğünde.
trouble-over-inbox-stuck = Gelen iletiler yeniden işleniyor
trouble-outbox-stuck = Gönderilecek iletiler bir dakikadır bekliyor. Hiçbiri kaybolmadı; nedeni sunucunun günlüğünde.
trouble-over-outbox-stuck = Bekleyen iletiler gönderildi
trouble-telegram-refused = Telegram bot belirtecini kabul etmiyor. @BotFather'dan alınan belirteci GISE_TELEGRAM__TOKEN'a yazın.
trouble-over-telegram-refused = Telegram botu yeniden kabul ediyor
trouble-telegram-unreachable = Telegram'a ulaşılamıyor.
trouble-over-telegram-unreachable = Telegram'a yeniden ulaşılıyor
trouble-telegram-conflict = Aynı bot belirteciyle ikinci bir program Telegram'dan güncelleme istiyor; iletiler ona gidebilir. Ötekini durdurun.
trouble-over-telegram-conflict = Telegram güncellemeleri yine yalnızca Gişe'ye geliyor
trouble-telegram-webhook = Telegram güncellemeleri başka bir adrese yönlendirilmişti ya da adres silinmişti. Adresi düzelttim; kimin değiştirdiğine bakın.
trouble-over-telegram-webhook = Telegram güncellemeleri yeniden Gişe'ye geliyor
trouble-telegram-delivery = Telegram güncellemeleri Gişe'nin adresine ulaştıramıyor ve biriktiriyor. Adresi, sertifikayı ve vekil sunucuyu denetleyin.
trouble-over-telegram-delivery = Telegram güncellemeleri yeniden ulaştırıyor
trouble-whatsapp-refused = Meta WhatsApp belirtecini kabul etmiyor; yanıtlar bekletiliyor. Yeni belirteci GISE_WHATSAPP__TOKEN'a yazın.
trouble-over-whatsapp-refused = WhatsApp yeniden gönderiyor
trouble-whatsapp-unreachable = Meta'nın sunucularına ulaşılamıyor; WhatsApp yanıtları bekletiliyor.
trouble-over-whatsapp-unreachable = Meta'nın sunucularına yeniden ulaşılıyor
trouble-whatsapp-unsubscribed = WhatsApp hesabına abone uygulama kalmadı: müşterilerin iletileri bize gelmiyor. Meta'nın geliştirici sayfasında aboneliği yeniden kurun.
trouble-over-whatsapp-unsubscribed = WhatsApp hesabının iletileri yeniden geliyor
trouble-group-unreachable = Bot temsilci grubunu göremiyor. Botu gruba yeniden ekleyin.
trouble-over-group-unreachable = Temsilci grubuna yeniden ulaşılıyor
trouble-group-rights = Bot bu grupta yönetici değil ya da konuları yönetemiyor. Bota yönetici yetkisiyle “Konuları yönet” iznini verin.
trouble-over-group-rights = Botun gruptaki yetkileri tamam
trouble-database = Veritabanına yazılamıyor.
trouble-over-database = Veritabanına yeniden yazılıyor
trouble-disk-full = Diskte neredeyse hiç yer kalmadı; birazdan ileti saklanamayacak. Hemen yer açın.
trouble-over-disk-full = Diskte yeniden yer var
trouble-disk-low = Diskte yer azaldı. Dolmadan yer açın.
trouble-over-disk-low = Diskte yeterince yer var
trouble-clock = Sunucunun saati platformların saatinden bir dakikadan çok sapıyor. Saat eşitlemesini (NTP) denetleyin.
trouble-over-clock = Sunucunun saati yeniden doğru
trouble-parked = Kısa sürede birçok güncelleme okunamadı ve saklandı. Bir platform biçimini değiştirmiş olabilir; günlüğe bakın.
trouble-over-parked = Güncellemeler yeniden okunuyor
trouble-jobs = Düzenli işlerden biri çalışmıyor ya da sürekli hata veriyor: süreler ve hatırlatmalar gecikebilir. Nedeni sunucunun günlüğünde.
trouble-over-jobs = Düzenli işler yeniden çalışıyor
# Service levels
clock-first_response = İlk yanıt
clock-resolution = Çözüm
clock-next_update = Sonraki bilgi
clock-status_limit = Durum sınırı
clock-state-running = işliyor
clock-state-paused = durdu
clock-state-met = tutuldu
clock-state-broken = aşıldı
command-why = sürelerin hesabı
step-why = ⏱ Neden?
step-assign = 👥 Boştakine ver
why-nothing = { $number } için söz verilmiş bir süre yok.
why-of = ⏱ { $number }
why-clock = { $clock }: { $state }, { $target } sürenin { $elapsed } kadarı doldu · son: { $deadline }
why-more = … { $count } bölüm daha · toplam { $length } · { $ran } işledi …
why-running = işledi
why-paused = durdu: { $reason }
why-outside_hours = mesai dışı
why-holiday = tatil: { $reason }
why-closed = kapalı gün { $reason }
length-of-time = { $hours ->
    [0] { $minutes } dk
   *[other] { $minutes ->
        [0] { $hours } sa
       *[other] { $hours } sa { $minutes } dk
    }
 }
sla-warning = ⏳ { $number } · { $clock } süresi { $deadline } doluyor. { $agent }: yanıt verin, devredin ya da erteleyin. { $subject }
sla-broken = 🔥 { $number } · { $clock } süresi { $deadline } doldu. { $agent }: hemen yanıt verin ya da devredin. { $subject }
sla-digest = ⏱ { $count } talebin süresi dolmak üzere ya da doldu:
time-digest = 🗓 Zamanı geldi, { $count } talepte:
sla-digest-more = … ve { $count } tane daha; /tickets hepsini gösterir.
promise-within = ⏱ { $length } içinde yanıt vereceğiz.
promise-until = ⏱ En geç { $until } yanıt vereceğiz.
promise-from = ⏱ Şu an mesai dışındayız; { $opens } itibarıyla sizinle ilgileneceğiz.
notice-no-news = { $number }: Talebiniz üzerinde çalışıyoruz, henüz yeni bir bilgi yok. Gelişme olduğunda hemen yazacağız.
desk-no-news-told = ⏱ Söz verilen bilgi verilmedi; müşteriye henüz haber olmadığı söylendi.
desk-no-news-untold = ⏱ Söz verilen bilgi verilmedi; müşteriye henüz haber olmadığı söylenemedi: { $reason }.
command-closed = kapalı gün ekle ya da kaldır
command-reload = hizmet süreleriyle soruları yeniden oku
reload-done = ✅ Hizmet süreleri ve sorular yeniden okundu; { $count } açık talebin süreleri arka planda yenileniyor.
reload-refused = Hiçbir şey değişmedi, eski dosyalar geçerli: { $reason }
closed-day-set = 📅 { $day } kapalı; { $count } açık talebin süreleri yenileniyor. Aynı komut yeniden açar.
closed-day-unset = 📅 { $day } yeniden açık; { $count } açık talebin süreleri yenileniyor.
closed-day-rests = 📅 { $day } artık kapalı günler listesinde değil; ancak sla.toml gereği o gün şu takvimlerde yine çalışılmıyor: { $calendars }. { $count } açık talebin süreleri yenileniyor.
closed-days = Kapalı günler:
closed-days-none = Kapalı gün yok. Örnek: /closed 2026-10-30 sayım
levels-following = ⏱ Süreler yenileniyor: { $count } talep kaldı.
levels-followed = ⏱ Bütün açık taleplerin süreleri yenilendi.
history-levels = hizmet süreleri değişti
history-vip = müşteri VIP oldu
history-unvip = müşteri artık VIP değil
history-crossed = kapanmadan önce yanıt vermişti: { $at }
calendar-days = { $count } gün
working-days = { $count } iş günü
frame-ask-open = ❓ { $text }

    Yanıtınızı buraya yazmanız yeterli. Talep: { $number }
frame-propose-open = 💡 { $text }

    Sorununuz çözüldü mü? Talep: { $number }
card-tags = Etiketler
command-tag = etiket ekle ya da göster
command-untag = etiketi kaldır
command-away = uzaktayım: yarın 09:00, 3 gün …
command-back = döndüm
command-handover = açık talepleri başkalarına devret
command-agents = kim burada, kimde kaç talep var (lider)
command-autoclose = sessizlik neyi ne zaman kapatacak (lider)
usage-tag = Etiketi yazın. Örnek: /tag fatura
tags-of = 🏷 { $number }: { $tags }
tags-too-many = Bir talebin en çok { $most } etiketi olabilir.
tags-not-there = { $number } üzerinde böyle bir etiket yok. Etiketleri: { $tags }
away-until = 🌙 { $name } { $until } dönüşüne kadar uzakta.
away-open-end = 🌙 { $name } uzakta, dönünce haber verecek.
away-has-tickets = Üzerinde { $count } açık talep var; istenirse devredilir.
away-reminder = Bu arada size talep verilmez; döndüyseniz /back yazın.
step-handover = ↪ Devret
step-back = ☀️ Döndüm
back-done = ☀️ { $name } döndü.
agents-list = 👥 Temsilciler ve açık talepleri:
agents-load = { $count ->
    [0] talep yok
   *[other] { $count } açık talep
 }
agents-away = dönüşü { $until }
agents-away-open = uzakta, dönünce haber verecek
agents-off = mesai dışında
agents-silent = son görülme { $since }
agents-unheard = henüz hiç yazmadı
agents-gone = artık burada temsilci değil; { $command } devreder
handover-nothing = { $name } üzerinde açık talep yok.
handover-done = ↪ { $name } devretti:
handover-more = Daha fazlası olabilir; aynı komut sürdürür.
history-handover = { $name } devretti
history-forgotten = { $length } boyunca kimse yazmadı
forgotten-moved = 🔁 { $number } · süresi doldu: { $before } → { $agent }. { $subject }
forgotten-nobody-free = 🔥 { $number } · süresi doldu, devredilecek boşta kimse yok. { $subject }
autoclose-list = ⌛ Yanıt gelmezse kapanacaklar:
autoclose-none = ⌛ Sessizlikten kapanacak talep yok.
autoclose-exempt = Açık kalsın diye: talebin konusunda /tag { $tag }
autoclose-no-exempt = Etiketle açık tutmak için sla.toml dosyasında [auto_close] exempt.
autoclose-kept = kapanmayacak: son söz müşterinin ya da yanıtımız ulaşmadı
