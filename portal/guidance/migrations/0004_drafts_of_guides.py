"""Guides in the languages that are drafts. Nobody is shown one before its language is signed; operators put them right at the desk."""

from importlib import import_module

from django.db import migrations

first = import_module("portal.guidance.migrations.0002_first_lines")

STEPS = {
    "ar": {
        "post": ["افتح المنشور أو القصة أو الفيديو.", "اضغط على النقاط الثلاث أو السهم بجانبه.", "اضغط على إبلاغ.",
                 "اختر العري أو المحتوى الجنسي. وإذا سُئلت، فقل إن فيه شخصًا عمره أقل من 18 سنة.", "ثم احظر الحساب."],
        "chat": ["افتح المحادثة.", "اضغط مطولًا على الرسالة، أو اضغط على الاسم في الأعلى.", "اضغط على إبلاغ.",
                 "اختر العري أو المحتوى الجنسي. وإذا سُئلت، فقل إن فيه شخصًا عمره أقل من 18 سنة.",
                 "التقط صورة شاشة للاسم والكلمات، لا للصورة نفسها. ثم احظر الحساب."],
        "site": ["ابحث عن إبلاغ أو مساعدة أو اتصال في آخر الصفحة.", "قل إنك أنت فيها وإن عمرك كان أقل من 18 سنة.",
                 "انسخ رابط الصفحة في النموذج. لا يلزمك ذكر اسمك إذا كان فيها طفل.",
                 "لا يوجد نموذج؟ أرسل رسالتنا إلى عنوان الاتصال بالموقع."],
        "search": ["افتح النتيجة واضغط على النقاط الثلاث بجانبها.", "اضغط على إزالة النتيجة.",
                   "اختر أنها صورة جنسية لك وأن عمرك فيها أقل من 18 سنة.", "يمكنك إضافة روابط أخرى دفعة واحدة."],
    },
    "de": {
        "post": ["Öffne den Post, die Story oder das Video.", "Drücke auf die drei Punkte oder den Pfeil daneben.", "Drücke auf Melden.",
                 "Wähle Nacktheit oder sexuelle Inhalte. Wenn gefragt wird, sag, dass jemand unter 18 zu sehen ist.", "Blockiere dann das Konto."],
        "chat": ["Öffne den Chat.", "Halte die Nachricht gedrückt oder drücke oben auf den Namen.", "Drücke auf Melden.",
                 "Wähle Nacktheit oder sexuelle Inhalte. Wenn gefragt wird, sag, dass jemand unter 18 zu sehen ist.",
                 "Mach einen Screenshot vom Namen und von den Worten, nicht vom Bild. Blockiere dann das Konto."],
        "site": ["Such am Ende der Seite nach Melden, Hilfe oder Kontakt.", "Sag, dass du darauf bist und unter 18 warst.",
                 "Kopiere den Link der Seite in das Formular. Du musst deinen Namen nicht nennen, wenn ein Kind zu sehen ist.",
                 "Kein Formular? Schick unseren Brief an die Kontaktadresse der Seite."],
        "search": ["Öffne das Ergebnis und drücke auf die drei Punkte daneben.", "Drücke auf Ergebnis entfernen.",
                   "Wähle, dass es ein sexuelles Bild von dir ist und du darauf unter 18 bist.", "Du kannst gleich mehrere Links angeben."],
    },
    "fr": {
        "post": ["Ouvre la publication, la story ou la vidéo.", "Appuie sur les trois points ou la flèche à côté.", "Appuie sur Signaler.",
                 "Choisis nudité ou contenu sexuel. Si on te le demande, dis qu’on y voit une personne de moins de 18 ans.", "Ensuite, bloque le compte."],
        "chat": ["Ouvre le chat.", "Appuie longtemps sur le message, ou appuie sur le nom en haut.", "Appuie sur Signaler.",
                 "Choisis nudité ou contenu sexuel. Si on te le demande, dis qu’on y voit une personne de moins de 18 ans.",
                 "Fais une capture d’écran du nom et des mots, pas de l’image. Ensuite, bloque le compte."],
        "site": ["Cherche Signaler, Aide ou Contact en bas de la page.", "Dis que c’est toi et que tu avais moins de 18 ans.",
                 "Copie le lien de la page dans le formulaire. Tu n’as pas à donner ton nom si on y voit un enfant.",
                 "Pas de formulaire ? Envoie notre lettre à l’adresse de contact du site."],
        "search": ["Ouvre le résultat et appuie sur les trois points à côté.", "Appuie sur Supprimer le résultat.",
                   "Choisis que c’est une image sexuelle de toi et que tu y as moins de 18 ans.", "Tu peux ajouter plusieurs liens à la fois."],
    },
    "hi": {
        "post": ["पोस्ट, स्टोरी या वीडियो खोलें।", "उसके पास के तीन बिंदु या तीर दबाएँ।", "रिपोर्ट करें दबाएँ।",
                 "नग्नता या यौन सामग्री चुनें। पूछा जाए तो बताएँ कि इसमें 18 साल से कम उम्र वाला कोई है।", "फिर खाते को ब्लॉक करें।"],
        "chat": ["चैट खोलें।", "संदेश को दबाकर रखें, या ऊपर नाम दबाएँ।", "रिपोर्ट करें दबाएँ।",
                 "नग्नता या यौन सामग्री चुनें। पूछा जाए तो बताएँ कि इसमें 18 साल से कम उम्र वाला कोई है।",
                 "नाम और शब्दों का स्क्रीनशॉट लें, तस्वीर का नहीं। फिर खाते को ब्लॉक करें।"],
        "site": ["पेज के अंत में रिपोर्ट, मदद या संपर्क ढूँढें।", "बताएँ कि इसमें आप हैं और आपकी उम्र 18 से कम थी।",
                 "पेज का लिंक फ़ॉर्म में डालें। इसमें कोई बच्चा हो, तो आपको नाम नहीं देना पड़ता।",
                 "फ़ॉर्म नहीं है? हमारी चिट्ठी साइट के संपर्क पते पर भेजें।"],
        "search": ["नतीजा खोलें और उसके पास के तीन बिंदु दबाएँ।", "नतीजा हटाएँ दबाएँ।",
                   "चुनें कि यह आपकी यौन तस्वीर है और इसमें आपकी उम्र 18 से कम है।", "आप एक साथ और लिंक जोड़ सकते हैं।"],
    },
    "pt": {
        "post": ["Abra o post, o story ou o vídeo.", "Toque nos três pontos ou na seta ao lado.", "Toque em Denunciar.",
                 "Escolha nudez ou conteúdo sexual. Se perguntarem, diga que mostra alguém com menos de 18 anos.", "Depois bloqueie a conta."],
        "chat": ["Abra a conversa.", "Toque e segure a mensagem, ou toque no nome no alto.", "Toque em Denunciar.",
                 "Escolha nudez ou conteúdo sexual. Se perguntarem, diga que mostra alguém com menos de 18 anos.",
                 "Tire uma captura de tela do nome e das palavras, não da imagem. Depois bloqueie a conta."],
        "site": ["Procure Denunciar, Ajuda ou Contato no fim da página.", "Diga que é você e que tinha menos de 18 anos.",
                 "Copie o link da página no formulário. Você não precisa dar seu nome se mostra uma criança.",
                 "Não tem formulário? Envie a nossa carta para o endereço de contato do site."],
        "search": ["Abra o resultado e toque nos três pontos ao lado.", "Toque em Remover resultado.",
                   "Escolha que é uma imagem sexual sua e que você tem menos de 18 anos nela.", "Você pode adicionar vários links de uma vez."],
    },
    "uk": {
        "post": ["Відкрий допис, історію чи відео.", "Натисни три крапки або стрілку поруч.", "Натисни «Поскаржитися».",
                 "Вибери оголеність або сексуальний вміст. Якщо спитають, скажи, що там видно людину, молодшу за 18 років.", "Потім заблокуй акаунт."],
        "chat": ["Відкрий чат.", "Натисни й утримуй повідомлення або натисни ім’я вгорі.", "Натисни «Поскаржитися».",
                 "Вибери оголеність або сексуальний вміст. Якщо спитають, скажи, що там видно людину, молодшу за 18 років.",
                 "Зроби знімок екрана з іменем і словами, а не із зображенням. Потім заблокуй акаунт."],
        "site": ["Пошукай унизу сторінки «Поскаржитися», «Допомога» або «Контакти».", "Скажи, що це ти і що тобі було менше 18 років.",
                 "Скопіюй посилання на сторінку у форму. Не треба називати ім’я, якщо там видно дитину.",
                 "Немає форми? Надішли наш лист на контактну адресу сайту."],
        "search": ["Відкрий результат і натисни три крапки поруч.", "Натисни «Вилучити результат».",
                   "Вибери, що це сексуальне зображення тебе і що тобі на ньому менше 18 років.", "Можна додати відразу кілька посилань."],
    },
    "ur": {
        "post": ["پوسٹ، اسٹوری یا ویڈیو کھولیں۔", "اس کے پاس تین نقطے یا تیر دبائیں۔", "رپورٹ کریں دبائیں۔",
                 "برہنگی یا جنسی مواد چنیں۔ پوچھا جائے تو بتائیں کہ اس میں 18 سال سے کم عمر فرد ہے۔", "پھر اکاؤنٹ کو بلاک کریں۔"],
        "chat": ["چیٹ کھولیں۔", "پیغام کو دبا کر رکھیں، یا اوپر نام دبائیں۔", "رپورٹ کریں دبائیں۔",
                 "برہنگی یا جنسی مواد چنیں۔ پوچھا جائے تو بتائیں کہ اس میں 18 سال سے کم عمر فرد ہے۔",
                 "نام اور لفظوں کا اسکرین شاٹ لیں، تصویر کا نہیں۔ پھر اکاؤنٹ کو بلاک کریں۔"],
        "site": ["صفحے کے آخر میں رپورٹ، مدد یا رابطہ ڈھونڈیں۔", "بتائیں کہ اس میں آپ ہیں اور آپ کی عمر 18 سے کم تھی۔",
                 "صفحے کا لنک فارم میں ڈالیں۔ اس میں کوئی بچہ ہو تو آپ کو نام نہیں دینا پڑتا۔",
                 "فارم نہیں؟ ہمارا خط سائٹ کے رابطے کے پتے پر بھیجیں۔"],
        "search": ["نتیجہ کھولیں اور اس کے پاس تین نقطے دبائیں۔", "نتیجہ ہٹائیں دبائیں۔",
                   "چنیں کہ یہ آپ کی جنسی تصویر ہے اور اس میں آپ کی عمر 18 سے کم ہے۔", "آپ ایک ساتھ مزید لنک شامل کر سکتے ہیں۔"],
    },
    "zh-hans": {
        "post": ["打开帖子、快拍或视频。", "按旁边的三个点或箭头。", "按“举报”。",
                 "选择裸露或色情内容。如果问到，就说里面的人未满 18 岁。", "然后屏蔽这个账号。"],
        "chat": ["打开聊天。", "长按消息，或按最上面的名字。", "按“举报”。",
                 "选择裸露或色情内容。如果问到，就说里面的人未满 18 岁。",
                 "给名字和文字截图，不要给图片截图。然后屏蔽这个账号。"],
        "site": ["在页面最下面找“举报”“帮助”或“联系我们”。", "说明里面是你，当时未满 18 岁。",
                 "把页面的链接复制到表格里。如果里面是未成年人，你不必写名字。",
                 "没有表格？把我们的信寄到网站的联系地址。"],
        "search": ["打开结果，按旁边的三个点。", "按“移除结果”。",
                   "选择这是你的色情图片，里面的你未满 18 岁。", "你可以一次添加多个链接。"],
    },
}


def fill(apps, schema_editor):
    """Write each beside an English guide that is as it was first; one that was changed since needs other words."""
    guide = apps.get_model("guidance", "Guide")
    first_steps = dict(guide.objects.filter(language="en").values_list("platform__slug", "steps"))
    platforms = dict(apps.get_model("guidance", "Platform").objects.values_list("slug", "pk"))
    for slug, steps in first_steps.items():
        way = first.WAY.get(slug, "post")
        if steps != "\n".join(first.STEPS["en"][way]):
            continue
        for language, ways in STEPS.items():
            guide.objects.get_or_create(
                platform_id=platforms[slug], language=language, defaults={"steps": "\n".join(ways[way])}
            )


class Migration(migrations.Migration):
    dependencies = [("guidance", "0003_words_and_signatures")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
