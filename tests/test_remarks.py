"""What a bookkeeper types in a comment and would not overlook before chasing: it stops, told with the comment."""

from __future__ import annotations

import pytest

from relance.workbook.reading.words import doubted_by

PAID = [
    "payé en espèces", "payé CB", "payé 12/10", "OK payé ce jour", "réglé en 2 fois", "virement du 12/10 reçu",
    "chèque n° 123 du 12/10", "chèque en banque", "virement effectué", "paid cash", "bank transfer received",
    "cheque in the post", "encaissé",
]  # fmt: skip
DOUBTED = [
    "client décédé", "société radiée", "facture non reçue", "jamais reçu la facture", "erreur de TVA", "à refaire",
    "remplacée par F-12", "avoir de 200 € à déduire", "compensation avec facture fournisseur",
    "marchandise non livrée",
    "retour marchandise", "geste commercial", "rejetée Chorus", "affacturée", "prélèvement le 30", "not delivered",
    "wrong amount", "to be credited", "goods returned",
]  # fmt: skip
PROMISED = [
    "paiement le 30/11",
    "virement en cours",
    "accord pour paiement fin décembre",
    "LCR au 30/11",
    "traite au 30/12",
]
ORDINARY = [
    "RAS", "bon client", "n’a pas payé", "n’a toujours pas payé", "pas encore réglé", "non payé à ce jour", "impayé",
    "jamais réglé", "paye toujours en retard", "client règle à 60 jours", "en règle générale bon payeur",
    "à payer au 30/11",
    "doit régler", "solde à payer", "règlement par chèque", "règlement à réception", "payable à 30 jours",
    "chèque rejeté",
    "aucun règlement reçu", "pas de prélèvement", "relancé le 3/10 sans réponse", "déposée sur Chorus Pro",
    "appeler Mme Durand",
    "not paid yet", "unpaid", "to be paid", "payment overdue", "litige clos",
]  # fmt: skip


@pytest.mark.parametrize("comment", [*PAID, *DOUBTED])
def test_a_remark_that_tells_of_a_payment_or_a_doubt_stops(comment: str) -> None:
    assert doubted_by(comment) == "doubt"


@pytest.mark.parametrize("comment", PAID)
def test_a_payment_that_the_row_shows_is_nothing_new(comment: str) -> None:
    assert doubted_by(comment, paid=True) == ""


@pytest.mark.parametrize("comment", PROMISED)
def test_a_remark_that_announces_a_payment_waits(comment: str) -> None:
    assert doubted_by(comment) == "promise"


@pytest.mark.parametrize("comment", ORDINARY)
def test_an_ordinary_remark_stops_nobody(comment: str) -> None:
    assert doubted_by(comment) == ""
