//! What the headers of a deal list that somebody made by hand mostly mean, in five languages.
//!
//! Only for a guess that a person sees before anything is imported by it.

/// One of our columns, and how words begin or end that speak of it.
struct Meaning {
    ours: &'static str,
    /// A word begins or ends with one of these: `Abschlussdatum`, `Auftragswert`.
    stems: &'static [&'static str],
    /// A word is one of these: too short to be a part of others.
    words: &'static [&'static str],
    /// With a word that begins so the header speaks of something else.
    unless: &'static [&'static str],
}

/// What is said of a deal in more than one word comes first: `Lost reason` before `Lost`.
const MEANINGS: &[Meaning] = &[
    Meaning {
        ours: "loss_reason",
        stems: &["reason", "verlustgrund", "absagegrund", "motif", "motivo", "raison"],
        words: &["grund"],
        unless: &["won", "win", "status"],
    },
    Meaning {
        ours: "probability",
        stems: &["probab", "wahrscheinlich", "confidence", "chance", "likelihood"],
        words: &["prob", "odds", "wkt"],
        unless: &["id", "name", "nr"],
    },
    Meaning {
        ours: "forecast_category",
        stems: &["kategorie", "category", "commit"],
        words: &["catégorie", "categoría", "categoria"],
        unless: &["produ", "kunde", "customer"],
    },
    Meaning {
        ours: "created_on",
        stems: &[
            "created", "creation", "erstell", "angeleg", "anlage", "eröffn", "opened", "eingang",
        ],
        words: &["créé", "création", "creado", "creación", "criado", "criação", "start", "began"],
        unless: &["by", "von", "par", "por"],
    },
    Meaning {
        ours: "close_date",
        stems: &["abschlu", "abschließ", "clos", "fechamento", "zieldatum"],
        words: &["clôture", "cierre", "due", "signature", "decision"],
        unless: &["is", "lost", "by", "prob", "reason"],
    },
    Meaning {
        ours: "currency",
        stems: &["currenc", "währung", "waehrung"],
        words: &["devise", "moneda", "divisa", "moeda", "ccy", "curr"],
        unless: &[],
    },
    Meaning {
        ours: "amount",
        stems: &["betrag", "wert", "umsatz", "volumen", "amount", "value", "revenue", "montant"],
        words: &[
            "importe", "valor", "acv", "tcv", "arr", "size", "volume", "summe", "total", "preis",
        ],
        unless: &[
            "weight", "gewicht", "ponder", "prob", "margin", "marge", "kosten", "cost", "discount",
            "rabatt", "budget", "anzahl", "count", "erwartet", "date", "datum", "lifetime",
        ],
    },
    Meaning {
        ours: "stage",
        stems: &["phase", "stage", "stufe"],
        words: &["étape", "etape", "etapa", "fase", "step"],
        unless: &["date", "datum", "next", "seit", "since"],
    },
    Meaning {
        ours: "state",
        stems: &["ergebnis", "outcome"],
        words: &[
            "status",
            "result",
            "resultat",
            "résultat",
            "resultado",
            "statut",
            "estado",
            "situação",
        ],
        unless: &["reason", "date", "datum", "approv"],
    },
    Meaning {
        ours: "owner_id",
        stems: &[
            "owner",
            "verkäufer",
            "verkaeufer",
            "vertrieb",
            "betreuer",
            "verantwort",
            "zuständig",
        ],
        words: &[
            "rep",
            "ae",
            "seller",
            "salesperson",
            "salesman",
            "vendeur",
            "responsable",
            "vendedor",
            "responsável",
            "bearbeiter",
            "assigned",
        ],
        unless: &["product", "team", "region", "mail"],
    },
    Meaning {
        ours: "product_id",
        stems: &["produkt", "product", "produit", "artikel"],
        words: &["sku", "offering"],
        unless: &["price", "preis", "owner", "count", "anzahl"],
    },
    Meaning {
        ours: "region",
        stems: &["region", "gebiet", "territor"],
        words: &["área", "area", "country", "land", "pays", "país", "geo"],
        unless: &["manager", "leiter"],
    },
    Meaning {
        ours: "segment",
        stems: &["segment"],
        words: &["branche", "industry", "sector", "tier"],
        unless: &[],
    },
    Meaning {
        ours: "lead_source",
        stems: &["source", "quelle", "herkunft"],
        words: &["origen", "origem", "channel", "kanal"],
        unless: &[],
    },
    Meaning {
        ours: "account_id",
        stems: &["kunde", "customer", "account", "client", "firma", "company", "unternehmen"],
        words: &["société", "empresa", "organisation", "organization", "interessent", "prospect"],
        unless: &["manager", "owner", "nr", "typ", "type", "phone", "segment", "size", "since"],
    },
    Meaning {
        ours: "opportunity_id",
        stems: &["vorgang", "nummer", "number"],
        words: &["id", "nr", "no", "key", "ref", "reference", "référence", "referencia"],
        unless: &["account", "kunde", "customer", "phone", "product", "produkt", "owner"],
    },
    Meaning {
        ours: "name",
        stems: &["projekt", "project", "opportunit", "bezeichnung"],
        words: &[
            "deal", "titel", "title", "betreff", "subject", "topic", "thema", "name", "chance",
        ],
        unless: &["id", "nr", "manager", "leiter", "owner", "contact", "first", "last", "user"],
    },
];

/// Each header and each column once; `free` tells whether a header is not spoken for, `open`
/// whether a column is not.
pub(super) fn of<'a>(
    headers: &'a [String],
    free: impl Fn(&str) -> bool,
    open: impl Fn(&str) -> bool,
) -> Vec<(&'a str, &'static str)> {
    let mut found: Vec<(&'a str, &'static str)> = Vec::new();
    for meaning in MEANINGS.iter().filter(|meaning| open(meaning.ours)) {
        let taken = |header: &str| found.iter().any(|(used, _)| *used == header);
        let fits = |header: &&String| free(header) && !taken(header) && meaning.fits(header);
        if let Some(header) = headers.iter().find(fits) {
            found.push((header, meaning.ours));
        }
    }
    found
}

impl Meaning {
    fn fits(&self, header: &str) -> bool {
        let header = header.to_lowercase();
        let words = || header.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let stems = |word: &str| {
            self.stems.iter().any(|stem| word.starts_with(stem) || word.ends_with(stem))
        };
        // What it is not about may be one short word, as `by` or `is`, or how a longer one begins.
        let other = |word: &str| {
            self.unless.iter().any(|no| word == *no || (no.len() > 3 && word.starts_with(no)))
        };
        words().any(|word| stems(word) || self.words.contains(&word)) && !words().any(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(headers: &[&str]) -> Vec<String> {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let found = of(&headers, |_| true, |_| true);
        let named = |header: &String| found.iter().find(|(used, _)| used == header);
        headers.iter().map(|header| named(header).map_or("-", |found| found.1).to_owned()).collect()
    }

    #[test]
    fn a_list_made_by_hand_is_understood_in_its_language() {
        let german = [
            "Kunde",
            "Projekt",
            "Phase",
            "Wert in T€",
            "Abschluss geplant",
            "Angelegt am",
            "Betreuer",
            "Verlustgrund",
        ];
        assert_eq!(
            meant(&german),
            [
                "account_id",
                "name",
                "stage",
                "amount",
                "close_date",
                "created_on",
                "owner_id",
                "loss_reason"
            ]
        );
        let french = ["Référence", "Client", "Étape", "Montant", "Date de clôture", "Responsable"];
        assert_eq!(
            meant(&french),
            ["opportunity_id", "account_id", "stage", "amount", "close_date", "owner_id"]
        );
        let spanish = ["Empresa", "Etapa", "Importe", "Fecha de cierre", "Vendedor", "Motivo"];
        assert_eq!(
            meant(&spanish),
            ["account_id", "stage", "amount", "close_date", "owner_id", "loss_reason"]
        );
        let english = ["Deal ID", "Name", "Status", "Deal size", "Close", "Opened", "Rep"];
        assert_eq!(
            meant(&english),
            ["opportunity_id", "name", "state", "amount", "close_date", "created_on", "owner_id"]
        );
    }

    #[test]
    fn what_speaks_of_something_else_is_left_alone() {
        let others = [
            "Weighted value",
            "Gewichteter Umsatz",
            "Is closed",
            "Account manager",
            "Created by",
            "Next stage date",
            "Kundennr",
            "Discount amount",
            "Comments",
        ];
        let found = meant(&others);
        assert_eq!(found[..6], ["-"; 6], "{found:?}");
        assert_eq!(found[7..], ["-"; 2], "{found:?}");
    }
}
