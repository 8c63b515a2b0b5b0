"""The invented firm of the example: Ateliers Roussel, fitters and joiners, ten people, and its twelve clients.

Every name, address and account is fictitious: e-mail under `.example` (RFC 2606), telephone numbers from the
ranges the French regulator keeps for fiction. Values are written as a person typed them; `make_example` turns them
into cells. The example is read on Friday 20/11/2026, and each open line shows one case on that day:

    F-2026-012  ladder done: six reminders, handed to a commissaire de justice
    F-2026-015  step 6 to take, late fees typed in the surcharge column
    F-2026-016  two reminders counted, none dated: the date of the last one is unknown; client without e-mail
    F-2026-017  disputed
    F-2026-018  step 5 to take (formal notice, a person signs)
    F-2026-019  client on hold until 30/11/2026 (clients sheet)
    F-2026-020  promised for 30/11/2026
    F-2026-021  step 4 to take; credit note AV-2026-001 names it
    F-2026-022  waits for the spacing after its second reminder of 16/11/2026; deposit
    F-2026-023  promise of 16/11/2026 not kept: step 3 to take
    F-2026-024  step 3 to take, in English
    F-2026-025  part payment; step 2 to take, by telephone (client without e-mail)
    F-2026-026  public buyer; step 2 to take
    F-2026-027  to fix: two amounts in the cell
    F-2026-028  step 1 to take, in the same message as F-2026-018
    F-2026-029  step 1 to take
    F-2026-030  to fix: the year of the due date has five figures
    F-2026-031  waits for the minimum gap with its client, written to on 16/11/2026
    F-2026-032  late by two days: waits for the delay of step 1
    F-2026-033  consumer, deposit; step 1 to take
    F-2026-034 to F-2026-038  not due
    F-2025-041 to F-2026-014 but F-2026-012  settled; F-2026-008 cancelled
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class ClientLine(NamedTuple):
    """A row of the clients sheet."""

    code: str
    name: str
    contact: str
    email: str
    phone: str
    address: str
    language: str = "Français"
    kind: str = "Entreprise"
    terms: str = "30 jours"
    hold_until: str = ""
    note: str = ""


class InvoiceLine(NamedTuple):
    """A row of the invoices sheet. Dates are dd/mm/yyyy; `count` is None where it is the number of reminders."""

    number: str
    client: str
    issued: str
    due: str
    order: str
    total: Decimal | str
    status: str
    deposit: Decimal | None = None
    paid: Decimal | None = None
    paid_on: str = ""
    surcharge: Decimal | None = None
    reminders: tuple[str, ...] = ()
    promise: str = ""
    comment: str = ""
    count: int | None = None  # type: ignore[assignment]  # hides tuple.count, never used


HOTEL, BRASSERIE, DENTAIRE = "Hôtel Bellerive", "Brasserie du Quai Vert", "Cabinet dentaire Lemoine-Faure"
MAIRIE, GARNIER, HARTWELL = "Mairie de Saint-Aubry-les-Prés", "Mme Hélène Garnier", "Hartwell & Dunne Interiors Ltd"
COLOMBE, ORMES, PHARMACIE = "Boutiques Colombe & Fils", "SCI Les Trois Ormes", "Pharmacie Dubreuil"
NOVA, GARAGE, TESSIER = "Agence Nova Espaces", "Garage Poitevin", "Tessier Traiteur"

CLIENTS = (
    ClientLine("C001", HOTEL, "Mme Claire Vasseur", "compta@hotel-bellerive.example", "02 61 91 10 24",
               "3 quai des Tanneurs, 37999 Rivecourt"),
    ClientLine("C002", BRASSERIE, "M. Karim Benali", "contact@quai-vert.example", "02 61 91 22 07",
               "18 quai Vert, 37999 Rivecourt"),
    ClientLine("C003", DENTAIRE, "Dr Anne Lemoine", "secretariat@lemoine-faure.example", "02 61 91 30 45",
               "7 rue des Carriers, 37999 Rivecourt"),
    ClientLine("C004", MAIRIE, "Service comptabilité", "comptabilite@saint-aubry.example", "02 61 91 41 00",
               "1 place de la Mairie, 37999 Saint-Aubry-les-Prés", kind="Acheteur public",
               note="Dépôt sur Chorus Pro obligatoire"),
    ClientLine("C005", GARNIER, "Mme Hélène Garnier", "h.garnier@courriel.example", "06 39 98 15 62",
               "25 allée des Marronniers, 37999 Rivecourt", kind="Particulier", terms="15 jours"),
    ClientLine("C006", HARTWELL, "Ms Rebecca Dunne", "accounts@hartwell-dunne.example", "01 99 00 58 31",
               "40 Mill Lane, London", language="Anglais"),
    ClientLine("C007", COLOMBE, "M. Julien Colombe", "j.colombe@boutiques-colombe.example", "02 61 91 63 18",
               "52 rue du Marché, 37999 Rivecourt", terms="45 jours fin de mois", hold_until="30/11/2026",
               note="Accord de la direction : on attend l'ouverture de la 2e boutique"),
    ClientLine("C008", ORMES, "M. Philippe Aubin", "gerance@trois-ormes.example", "02 61 91 70 52",
               "9 rue des Selliers, 37999 Rivecourt"),
    ClientLine("C009", PHARMACIE, "Mme Sophie Dubreuil", "officine@pharmacie-dubreuil.example", "02 61 91 82 36",
               "110 avenue de la Gare, 37999 Rivecourt"),
    ClientLine("C010", NOVA, "M. Thomas Girault", "t.girault@nova-espaces.example", "06 39 98 44 09",
               "4 impasse des Forges, 37999 Rivecourt", note="Plus de nouvelle commande sans règlement"),
    ClientLine("C011", GARAGE, "M. Yves Poitevin", "", "02 61 91 95 73",
               "Zone des Peupliers, 37999 Rivecourt", note="Pas d'e-mail, téléphoner le matin"),
    ClientLine("C012", TESSIER, "Mme Laure Tessier", "laure@tessier-traiteur.example", "06 39 98 70 28",
               "31 rue Nationale, 37999 Rivecourt"),
)  # fmt: skip


def _euros(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


_paid = "Payée"

INVOICES = (
    InvoiceLine("F-2025-041", HOTEL, "01/12/2025", "31/12/2025", "BC 25-118", _euros("8640"), _paid,
                deposit=_euros("2592"), paid=_euros("6048"), paid_on="29/12/2025"),
    InvoiceLine("F-2025-042", BRASSERIE, "04/12/2025", "03/01/2026", "", _euros("3216"), _paid,
                paid=_euros("3216"), paid_on="12/01/2026", reminders=("06/01/2026",)),
    InvoiceLine("F-2025-043", MAIRIE, "09/12/2025", "08/01/2026", "ENG-2025-0417", _euros("11760"), _paid,
                paid=_euros("11760"), paid_on="06/01/2026"),
    InvoiceLine("F-2025-044", PHARMACIE, "16/12/2025", "15/01/2026", "", _euros("4980"), _paid,
                paid=_euros("4980"), paid_on="14/01/2026"),
    InvoiceLine("F-2026-001", DENTAIRE, "08/01/2026", "07/02/2026", "", _euros("7320"), _paid,
                deposit=_euros("2196"), paid=_euros("5124"), paid_on="05/02/2026"),
    InvoiceLine("F-2026-002", GARNIER, "22/01/2026", "06/02/2026", "Devis 2025-231", _euros("5830"), _paid,
                deposit=_euros("1749"), paid=_euros("4081"), paid_on="04/02/2026"),
    InvoiceLine("F-2026-003", HARTWELL, "29/01/2026", "28/02/2026", "PO 7741", _euros("9450"), _paid,
                paid=_euros("9450"), paid_on="02/03/2026"),
    InvoiceLine("F-2026-004", NOVA, "05/02/2026", "07/03/2026", "", _euros("6180"), _paid,
                paid=_euros("6180"), paid_on="27/03/2026", reminders=("10/03/2026", "17/03/2026")),
    InvoiceLine("F-2026-005", GARAGE, "12/02/2026", "14/03/2026", "", _euros("1386"), _paid,
                paid=_euros("1386"), paid_on="13/03/2026"),
    InvoiceLine("F-2026-006", TESSIER, "26/02/2026", "28/03/2026", "", _euros("2976"), _paid,
                paid=_euros("2976"), paid_on="03/04/2026", reminders=("31/03/2026",)),
    InvoiceLine("F-2026-007", HOTEL, "05/03/2026", "04/04/2026", "BC 26-009", _euros("12480"), _paid,
                deposit=_euros("3744"), paid=_euros("8736"), paid_on="03/04/2026"),
    InvoiceLine("F-2026-008", BRASSERIE, "12/03/2026", "11/04/2026", "", _euros("1740"), "Annulée",
                comment="Chantier abandonné avant travaux"),
    InvoiceLine("F-2026-009", MAIRIE, "26/03/2026", "25/04/2026", "ENG-2026-0093", _euros("8256"), _paid,
                paid=_euros("8256"), paid_on="24/04/2026"),
    InvoiceLine("F-2026-010", PHARMACIE, "14/04/2026", "14/05/2026", "", _euros("2268"), _paid,
                paid=_euros("2268"), paid_on="18/05/2026"),
    InvoiceLine("F-2026-011", COLOMBE, "06/05/2026", "30/06/2026", "C-2204", _euros("5190"), _paid,
                paid=_euros("5190"), paid_on="30/06/2026"),
    InvoiceLine("F-2026-012", NOVA, "10/06/2026", "10/07/2026", "", _euros("9276"), "Mise en demeure",
                surcharge=_euros("216.47"),
                reminders=("13/07/2026", "20/07/2026", "30/07/2026", "10/08/2026", "20/08/2026", "04/09/2026"),
                comment="Dossier remis au commissaire de justice le 04/09"),
    InvoiceLine("F-2026-013", GARAGE, "30/06/2026", "30/07/2026", "", _euros("2154"), _paid,
                paid=_euros("2154"), paid_on="06/08/2026", reminders=("03/08/2026",)),
    InvoiceLine("F-2026-014", BRASSERIE, "23/07/2026", "22/08/2026", "", _euros("2790"), _paid,
                paid=_euros("2790"), paid_on="04/09/2026", reminders=("25/08/2026", "01/09/2026")),
    InvoiceLine("F-2026-015", NOVA, "14/08/2026", "13/09/2026", "", _euros("4320"), "Mise en demeure",
                surcharge=_euros("113.38"),
                reminders=("16/09/2026", "23/09/2026", "05/10/2026", "15/10/2026", "02/11/2026"),
                comment="LRAR reçue le 04/11"),
    InvoiceLine("F-2026-016", GARAGE, "28/08/2026", "27/09/2026", "", _euros("1128"), "Relancée", count=2,
                comment="Relancé 2 fois au téléphone en octobre"),
    InvoiceLine("F-2026-017", DENTAIRE, "31/08/2026", "30/09/2026", "", _euros("2916"), "Litige",
                reminders=("05/10/2026",), comment="Façade de tiroir voilée, reprise prévue le 02/12"),
    InvoiceLine("F-2026-018", BRASSERIE, "01/09/2026", "01/10/2026", "", _euros("5640"), "Relancée",
                reminders=("05/10/2026", "12/10/2026", "22/10/2026", "02/11/2026")),
    InvoiceLine("F-2026-019", COLOMBE, "10/09/2026", "31/10/2026", "C-2251", _euros("4956"), "Relancée",
                reminders=("03/11/2026",)),
    InvoiceLine("F-2026-020", TESSIER, "11/09/2026", "11/10/2026", "", _euros("3420"), "Relancée",
                reminders=("14/10/2026", "21/10/2026"), promise="30/11/2026", comment="Virement promis fin novembre"),
    InvoiceLine("F-2026-021", ORMES, "18/09/2026", "18/10/2026", "BC 0612", _euros("6480"), "Relancée",
                reminders=("21/10/2026", "28/10/2026", "09/11/2026")),
    InvoiceLine("F-2026-022", HOTEL, "21/09/2026", "21/10/2026", "BC 26-044", _euros("7416"), "Relancée",
                deposit=_euros("2000"), reminders=("26/10/2026", "16/11/2026")),
    InvoiceLine("F-2026-023", PHARMACIE, "25/09/2026", "25/10/2026", "", _euros("3144"), "Relancée",
                reminders=("28/10/2026", "04/11/2026"), promise="16/11/2026", comment="Promis par téléphone le 05/11"),
    InvoiceLine("F-2026-024", HARTWELL, "28/09/2026", "28/10/2026", "PO 8120", _euros("8730"), "Relancée",
                reminders=("02/11/2026", "09/11/2026")),
    InvoiceLine("F-2026-025", GARAGE, "06/10/2026", "05/11/2026", "", _euros("1896"), "Partiellement payée",
                paid=_euros("800"), paid_on="17/11/2026", reminders=("09/11/2026",)),
    InvoiceLine("F-2026-026", MAIRIE, "08/10/2026", "07/11/2026", "ENG-2026-0288", _euros("13920"), "Relancée",
                reminders=("10/11/2026",)),
    InvoiceLine("AV-2026-001", ORMES, "12/10/2026", "12/10/2026", "BC 0612", _euros("-540"), "Avoir",
                comment="Avoir sur F-2026-021 (plan de travail rayé)"),
    InvoiceLine("F-2026-027", PHARMACIE, "12/10/2026", "11/11/2026", "", "1 240,00 ou 1 420 ?", "Émise"),
    InvoiceLine("F-2026-028", BRASSERIE, "14/10/2026", "13/11/2026", "", _euros("1218"), "Émise"),
    InvoiceLine("F-2026-029", DENTAIRE, "15/10/2026", "14/11/2026", "", _euros("4104"), "Émise"),
    InvoiceLine("F-2026-030", ORMES, "16/10/2026", "15/11/20261", "BC 0619", _euros("2340"), "Émise"),
    InvoiceLine("F-2026-031", HOTEL, "16/10/2026", "15/11/2026", "BC 26-051", _euros("1992"), "Émise"),
    InvoiceLine("F-2026-032", TESSIER, "19/10/2026", "18/11/2026", "", _euros("2508"), "Émise"),
    InvoiceLine("F-2026-033", GARNIER, "26/10/2026", "10/11/2026", "Devis 2026-107", _euros("9735"), "Émise",
                deposit=_euros("2920.50")),
    InvoiceLine("F-2026-034", PHARMACIE, "27/10/2026", "26/11/2026", "", _euros("2052"), "Émise"),
    InvoiceLine("F-2026-035", HARTWELL, "02/11/2026", "02/12/2026", "PO 8163", _euros("5220"), "Émise"),
    InvoiceLine("F-2026-036", MAIRIE, "12/11/2026", "12/12/2026", "ENG-2026-0311", _euros("4728"), "Émise"),
    InvoiceLine("F-2026-037", COLOMBE, "16/11/2026", "31/12/2026", "C-2279", _euros("3108"), "Émise"),
    InvoiceLine("F-2026-038", HOTEL, "19/11/2026", "19/12/2026", "BC 26-058", _euros("6870"), "Émise",
                deposit=_euros("2061")),
)  # fmt: skip

STATUSES = ("Émise", "Relancée", "Mise en demeure", "Partiellement payée", "Litige", "Payée", "Avoir", "Annulée")
KINDS = ("Entreprise", "Particulier", "Acheteur public")
LANGUAGES = ("Français", "Anglais")
