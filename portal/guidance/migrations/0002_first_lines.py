"""The first help lines and platforms. Operators put them right afterwards; this never runs twice."""

from django.db import migrations

LINES = [
    ("US", "988 Lifeline", "988", "988", "", "https://988lifeline.org/"),
    ("US", "Crisis Text Line", "", "741741", "THORN", "https://www.crisistextline.org/"),
    ("US", "NCMEC (missing and exploited children)", "1-800-843-5678", "", "", "https://report.cybertip.org/"),
    ("GB", "Childline", "0800 1111", "", "", "https://www.childline.org.uk/"),
    ("GB", "Samaritans", "116 123", "", "", "https://www.samaritans.org/"),
    ("GB", "Shout", "", "85258", "SHOUT", "https://giveusashout.org/"),
    ("IE", "Childline", "1800 66 66 66", "", "", "https://www.childline.ie/"),
    ("CA", "Kids Help Phone", "1-800-668-6868", "686868", "CONNECT", "https://kidshelpphone.ca/"),
    ("CA", "988 Helpline", "988", "988", "", "https://988.ca/"),
    ("AU", "Kids Helpline", "1800 55 1800", "", "", "https://kidshelpline.com.au/"),
    ("AU", "Lifeline", "13 11 14", "", "", "https://www.lifeline.org.au/"),
    ("NZ", "1737", "1737", "1737", "", "https://1737.org.nz/"),
    ("NZ", "Youthline", "0800 376 633", "234", "", "https://www.youthline.co.nz/"),
    ("ES", "ANAR", "900 20 20 10", "", "", "https://www.anar.org/"),
    ("ES", "INCIBE", "017", "", "", "https://www.incibe.es/linea-de-ayuda-en-ciberseguridad"),
    ("MX", "Línea de la Vida", "800 911 2000", "", "", ""),
    ("AR", "Línea 102", "102", "", "", ""),
    ("FR", "3018", "3018", "", "", "https://3018.fr/"),
    ("FR", "119 Allô enfance en danger", "119", "", "", "https://www.allo119.gouv.fr/"),
    ("DE", "Nummer gegen Kummer", "116 111", "", "", "https://www.nummergegenkummer.de/"),
    ("IN", "Childline", "1098", "", "", ""),
    ("BR", "Disque 100", "100", "", "", ""),
    ("BR", "CVV", "188", "", "", "https://cvv.org.br/"),
    ("ZA", "Childline", "116", "", "", "https://www.childlinesa.org.za/"),
    ("ZZ", "Find a Helpline", "", "", "", "https://findahelpline.com/"),
    ("ZZ", "Child Helpline International", "", "", "", "https://childhelplineinternational.org/helplines/"),
]

PLATFORMS = [
    ("instagram", "Instagram", True, "https://help.instagram.com/"),
    ("snapchat", "Snapchat", True, "https://help.snapchat.com/"),
    ("tiktok", "TikTok", True, "https://support.tiktok.com/"),
    ("facebook", "Facebook", True, "https://www.facebook.com/help/"),
    ("whatsapp", "WhatsApp", True, "https://faq.whatsapp.com/"),
    ("telegram", "Telegram", True, "https://telegram.org/faq"),
    ("discord", "Discord", True, "https://support.discord.com/"),
    ("x", "X (Twitter)", True, "https://help.x.com/"),
    ("reddit", "Reddit", False, "https://www.reddit.com/report"),
    ("youtube", "YouTube", False, "https://support.google.com/youtube/"),
    ("google", "Google Search", False, "https://support.google.com/websearch/"),
    ("adult-site", "OnlyFans, Pornhub or another adult site", False, ""),
]

STEPS = {
    "en": {
        "post": ["Open the post, story or video.", "Press the three dots or the arrow next to it.", "Press Report.",
                 "Choose nudity or sexual content. If it asks, say that it shows someone under 18.", "Then block the account."],
        "chat": ["Open the chat.", "Press and hold the message, or press the name on top.", "Press Report.",
                 "Choose nudity or sexual content. If it asks, say that it shows someone under 18.",
                 "Take a screenshot of the name and the words, not of the image. Then block the account."],
        "site": ["Look for Report, Help or Contact at the end of the page.", "Say that you are in it and were under 18.",
                 "Copy the link of the page into the form. You need not give your name if it shows a child.",
                 "No form? Send our letter to the contact address of the site."],
        "search": ["Open the result and press the three dots next to it.", "Press Remove result.",
                   "Choose that it shows a sexual image of you, and that you are under 18 in it.", "You can add more links at once."],
    },
    "es": {
        "post": ["Abre la publicación, la historia o el video.", "Toca los tres puntos o la flecha que hay al lado.", "Toca Reportar o Denunciar.",
                 "Elige desnudos o contenido sexual. Si lo pregunta, di que se ve a una persona menor de 18 años.", "Después bloquea la cuenta."],
        "chat": ["Abre el chat.", "Mantén pulsado el mensaje, o toca el nombre de arriba.", "Toca Reportar o Denunciar.",
                 "Elige desnudos o contenido sexual. Si lo pregunta, di que se ve a una persona menor de 18 años.",
                 "Haz una captura del nombre y de las palabras, no de la imagen. Después bloquea la cuenta."],
        "site": ["Busca Denunciar, Ayuda o Contacto al final de la página.", "Di que eres tú y que tenías menos de 18 años.",
                 "Copia el enlace de la página en el formulario. Si se ve a un menor, no hace falta dar tu nombre.",
                 "¿No hay formulario? Envía nuestra carta a la dirección de contacto del sitio."],
        "search": ["Abre el resultado y toca los tres puntos que hay al lado.", "Toca Quitar resultado.",
                   "Elige que es una imagen sexual tuya y que eres menor de 18 años en ella.", "Puedes añadir más enlaces a la vez."],
    },
}
WAY = {"whatsapp": "chat", "telegram": "chat", "discord": "chat", "snapchat": "chat", "adult-site": "site", "google": "search"}


def fill(apps, schema_editor):
    """Write them."""
    line, platform, guide = (apps.get_model("guidance", name) for name in ("HelpLine", "Platform", "Guide"))
    line.objects.bulk_create(
        line(country=country, name=name, phone=phone, text_to=text_to, text_word=word, website=website, position=position)
        for position, (country, name, phone, text_to, word, website) in enumerate(LINES)
    )
    for position, (slug, name, has_chats, page) in enumerate(PLATFORMS):
        row = platform.objects.create(slug=slug, name=name, has_private_chats=has_chats, report_page=page, position=position)
        for language, ways in STEPS.items():
            guide.objects.create(platform=row, language=language, steps="\n".join(ways[WAY.get(slug, "post")]))


class Migration(migrations.Migration):
    dependencies = [("guidance", "0001_first")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
