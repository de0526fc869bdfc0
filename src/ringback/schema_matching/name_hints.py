"""Words in the names of columns and tables, in the languages of panels, and what they hint at.

A hint is weak evidence: values outweigh it. Words of six letters or more also count inside a longer name.
"""

import re
import unicodedata

_SPLIT = re.compile(r"[^a-z]+|(?<=[a-z])(?=[A-Z])")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COLUMNS = {
    "called": (
        "called calledstation callednumber calledid callee dst dest destination destinationnumber dnid dialed dialled"
        " dialednumber to tonumber bnumber numberb target victim lead recipient callto outnumber"
        " destino marcado llamado numerollamado destinatario chamado discado numerochamado appele destinataire"
        " numeroappele compose angerufen angerufene ziel zielnummer rufziel gewaehlt zielnr gebeld gebelde bestemming"
        " gekozen nabrannyj nabrannyy nabrannyi nabran komu kuda vyzyvaemyj vyzyvaemyy abonentb nomerb aranan hedef"
        " arananno chiamato destinazione numerochiamato composto hedefno"
    ),
    "shown": (
        "callerid cid cli clid callernumber callername ani src source from fromnumber presentation presented shown show"
        " display displayed spoof spoofed fake mask masked outboundcid anumber numbera setcallerid"
        " origen origem remitente remetente mostrado visible presentado apresentado emisor saliente emetteur affiche"
        " presente appelant absender absendernummer absendernr anzeige angezeigt angezeigte anzeigenr gezeigt"
        " weergave getoond afzender podmena otobrazhaemyj pokazannyj pokaz aon otkogo otkuda nomera gorunen gosterilen"
        " arayan maske mostrato mittente visualizzato chiamante"
    ),
    "own": (
        "extension ext exten peer sipuser sip endpoint agent operator callback own aleg legnumber sippeer devicenumber"
        " nebenstelle anexo ramal interno dahili"
    ),
    "contact": (
        "phone mobile cell contact telephone tel msisdn handy telefon telefono telefone movil celular portable"
        " telefoon mobiel nomer gsm cellulare kontakt contacto rufnummer telefonnummer"
    ),
    "talk": (
        "billsec billseconds talk talktime talksec talkseconds billable sessiontime conversation answeredsec"
        " answeredtime connectedtime hablado conversacion tiempohablado conversa falado tempofalado gespraech"
        " gesprach gespraechsdauer sprechzeit gespr parle conversationtime gesprek gespreksduur razgovor razgovora"
        " konusma konusulan conversazione parlato billedsec callduration callseconds"
    ),
    "length": (
        "duration dur dauer duracion duracao duree durata duur dlitelnost dlit prodolzhitelnost sure secs seconds sec"
        " segundos sekund sekunden length totaltime secondes saniye secondi usage"
    ),
    "ring": (
        "ring ringing ringtime wait waiting waittime pdd delay setup timbre klingel klingeldauer sonnerie gudok gudki"
        " espera warte wartezeit zil squillo hold startdelay progress latency attente bekleme ozhidanie"
    ),
    "money": (
        "cost price rate bill amount charge fee credit balance buy sell sessionbill buycost costo precio custo preco"
        " prix cout kosten preis betrag tseny cena cijena prijs bedrag stoimost summa fiyat tutar ucret importe importo"
        " valor tarif markup debit saldo solde guthaben bakiye balans"
    ),
    "start": (
        "start started startedat starttime startstamp begin began beginn anfang startzeit inicio debut nachalo"
        " baslangic inizio calldate calltime calledat callstart comienzo aanvang"
    ),
    "date": (
        "date time datetime timestamp stamp created createdat fecha hora data zeit datum horaire heure vremya tarih"
        " zaman tijd tiempo quand wann kogda ts dt"
    ),
    "end": (
        "end ended endtime endstamp stop stopped stoptime finish finished fin fim ende konec okonchanie bitis fine"
        " einde hangup terminated final termino"
    ),
    "answer": (
        "answer answered answeredat answertime answerstamp connect connected connectedat pickup otvet atendido"
        " contestada reponse beantwortet cevap risposta respuesta resposta decroche angenommen opgenomen bridge"
    ),
    "later": "updated modified inserted imported synced changed deleted expires expiry expired delivered",
    "account": (
        "account accountcode acct user usr uid userid username iduser login card cardid idcard client clientid client"
        " idclient cliente idcliente customer customerid kunde kd kdnr kundennr kunden nutzer benutzer konto usuario"
        " idusuario cuenta conta utilisateur compte klient klienta gebruiker polzovatel polzovatelya abonent kullanici"
        " kullaniciid hesap uye utente idutente member memberid owner subscriber tenant reseller abonne klant assinante"
    ),
    "other_key": (
        "trunk plan prefix campaign server tariff tariffgroup tariffplan ratecard route gateway did provider carrier"
        " package offer category group queue country node host region zone troncal tronc campana"
    ),
    "disposition": (
        "disposition status state result outcome estado resultado ergebnis zustand etat statut stato durum cause"
        " hangupcause terminatecause rezultat sostoyanie itog esito sonuc uitkomst dispo"
    ),
    "call_id": "uniqueid linkedid uuid callid calluuid sessionid callsid callref guid cdrid sid callidentifier",
    "created": "created createdat creationdate registered registeredat joined signup regdate registro alta angelegt",
    "gbp": "gbp pounds pound sterling gbpamount amountgbp paidgbp",
    "bitcoin": "btc bitcoin satoshi bitcoins amountbtc btcamount",
    "payment_id": "txid tx txn transaction transactionid invoice paymentid reference ref orderid",
    "direction": (
        "direction dir calldirection calltype directie direccion sentido sens richting richtung napravlenie yon"
        " direzione kierunek inout"
    ),
    "country_code": (
        "isd isdcode phonecode countrycode dialcode callingcode dialingcode diallingcode countrydialcode countryprefix"
        " landesvorwahl indicatif indicatifpays codigopais prefijopais codicepaese kodstrany ulkekodu isocountry"
    ),
    "message": (
        "message messages msg msgs body text sms mms whatsapp wa chat content subject mensaje mensagem nachricht inhalt"
        " soobshchenie mesaj testo bericht"
    ),
}
_TABLES = {
    "calls": (
        "call calls cdr cdrs callog calllog callhistory llamada llamadas chamada chamadas ligacao ligacoes appel appels"
        " anruf anrufe verbindung verbindungen evn gespraeche gesprek gesprekken oproep oproepen zvonok zvonki vyzov"
        " vyzovy arama aramalar cagri cagrilar chiamata chiamate dialed dialog"
    ),
    # Records of calls, or of text messages and data that are billed like calls.
    "records": "cdr cdrs edr xdr",
    "not_calls": (
        "sms smslog message messages msg mensaje mensajes mensagem nachricht nachrichten soobshcheniya mesaj mesajlar"
        " login logins loginlog session sessions audit rate rates ratecard tariff tarif tarife prefix prefixes"
        " appointment appointments booking bookings order orders invoice invoices queue cel event events delivery"
        " deliveries campaign campaigns reminder reminders ticket tickets contact contacts phonebook"
        " fax faxes telefax otp verification verifications verify request requests voicemail voicemails push mail mails"
        " email emails job jobs chat chats conversation conversations thread threads whatsapp"
    ),
    "accounts": (
        "account accounts user users client clients customer customers card cards member members subscriber subscribers"
        " usuario usuarios cliente clientes cuenta cuentas utilisateur utilisateurs compte comptes kunde kunden nutzer"
        " benutzer konten konto klient klienty polzovateli abonenty gebruiker gebruikers klanten kullanici kullanicilar"
        " uyeler utenti utente clienti assinantes"
    ),
    "payments": (
        "payment payments refill refills topup topups deposit deposits transaction transactions pago pagos recarga"
        " recargas pagamento pagamentos paiement paiements zahlung zahlungen einzahlungen platezh platezhi popolneniya"
        " odeme odemeler pagamenti ricariche betaling betalingen logpayment"
    ),
    "site_numbers": "did dids ddi ddis sitenumbers ourlines lines inboundnumbers ownnumbers",
    "subjects": "subject subjects suspects nominals",
}


def _sets(words: dict[str, str]) -> dict[str, frozenset[str]]:
    return {hint: frozenset(listed.split()) for hint, listed in words.items()}


_COLUMN_WORDS, _TABLE_WORDS = _sets(_COLUMNS), _sets(_TABLES)
_LONG = 6


def hints(column: str) -> dict[str, float]:
    """What a column's name hints at: hint to strength, from 1 (inside the name) to 2 (the whole name).

    >>> sorted(hints("NumeroLlamado"))
    ['called']
    >>> hints("c7")
    {}
    """
    return _matches(column, _COLUMN_WORDS)


def table_hints(table: str) -> dict[str, float]:
    """What a table's name hints at: hint to strength.

    >>> sorted(table_hints("pkg_cdr"))
    ['calls', 'records']
    """
    return _matches(table.rpartition(".")[2], _TABLE_WORDS)


def _matches(name: str, words: dict[str, frozenset[str]]) -> dict[str, float]:
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    parts = [part for part in _SPLIT.split(_CAMEL.sub("_", plain).lower()) if part]
    whole = "".join(parts)
    if not whole:
        return {}
    joined = {parts[at] + parts[at + 1] for at in range(len(parts) - 1)}
    found: dict[str, float] = {}
    for hint, listed in words.items():
        if whole in listed:
            found[hint] = 2.0
        elif listed.intersection(parts) or listed.intersection(joined):
            found[hint] = 1.5
        elif any(len(word) >= _LONG and word in whole for word in listed):
            found[hint] = 1.0
    return found
