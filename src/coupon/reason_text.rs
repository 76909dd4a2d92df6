//! Reasons in words: one sentence for customers, one for each reason for operators.

use super::decision::Parameter;
use super::reason::Reason;
use crate::base::calendar::instant_text;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Languages of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
}

/// What a customer is told of every code that is refused, known or not: whoever guesses learns nothing.
#[must_use]
pub fn customer_text(language: Language) -> &'static str {
    match language {
        Language::En => "This code cannot be used for this purchase.",
        Language::Es => "Este código no se puede usar en esta compra.",
    }
}

/// What an operator is told, with the parameters in their places. One that is missing leaves `?`.
#[must_use]
pub fn operator_text(reason: Reason, parameters: &[Parameter], language: Language) -> String {
    let mut text = String::new();
    // Every other piece is the name of a parameter.
    for (index, piece) in template(reason, language).split(['{', '}']).enumerate() {
        if index % 2 == 0 {
            text.push_str(piece);
        } else {
            text.push_str(&value(parameters, piece));
        }
    }
    text
}

fn value(parameters: &[Parameter], name: &str) -> String {
    let found = parameters.iter().find(|parameter| parameter.name == name);
    let Some(Parameter { value, .. }) = found else { return "?".into() };
    match value.parse() {
        Ok(instant_ms) if name == "bound_ms" => instant_text(instant_ms),
        Ok(_) | Err(_) => value.clone(),
    }
}

fn template(reason: Reason, language: Language) -> &'static str {
    let (english, spanish) = match reason {
        Reason::Malformed => (
            "This is not a code: it holds characters that no code has, or was mistyped.",
            "Esto no es un código: contiene caracteres que ningún código tiene o está mal escrito.",
        ),
        Reason::NotFound => ("No coupon has this code.", "Ningún cupón tiene este código."),
        Reason::Inactive => ("The coupon is switched off.", "El cupón está desactivado."),
        Reason::NotStarted => (
            "The coupon can be used from {bound_ms}.",
            "El cupón se puede usar a partir del {bound_ms}.",
        ),
        Reason::Expired => ("The coupon ended on {bound_ms}.", "El cupón terminó el {bound_ms}."),
        Reason::WrongScope => (
            "The coupon is not for what is bought (`{scope}`).",
            "El cupón no es para lo que se compra (`{scope}`).",
        ),
        Reason::WrongCustomer => {
            ("The coupon is not for this customer.", "El cupón no es para este cliente.")
        }
        Reason::WrongCountry => (
            "The coupon is not for this country (`{country}`).",
            "El cupón no es para este país (`{country}`).",
        ),
        Reason::NotFirstPurchase => (
            "The coupon is for customers who never paid before.",
            "El cupón es para clientes que nunca han pagado.",
        ),
        Reason::CurrencyMismatch => (
            "The purchase is in `{currency}`, the coupon in {expected}.",
            "La compra está en `{currency}`; el cupón, en {expected}.",
        ),
        Reason::MinSubtotal => (
            "The lines cost {subtotal_minor} minor units, of at least {min_subtotal_minor}.",
            "Las líneas suman {subtotal_minor} unidades menores, de un mínimo de {min_subtotal_minor}.",
        ),
        Reason::MinQuantity => (
            "The purchase has {quantity} units, of at least {min_quantity}.",
            "La compra tiene {quantity} unidades, de un mínimo de {min_quantity}.",
        ),
        Reason::AlreadyApplied => {
            ("The coupon is on this bill already.", "El cupón ya está en esta factura.")
        }
        Reason::NotStackable => (
            "Another coupon of the group `{exclusive_group}` is on the purchase.",
            "Otro cupón del grupo `{exclusive_group}` ya está en la compra.",
        ),
        Reason::CustomerRequired => (
            "The coupon counts by customer, and who buys is not known.",
            "El cupón se cuenta por cliente y no se sabe quién compra.",
        ),
        Reason::CustomerLimitReached => (
            "The customer used the coupon {used} of {limit} times.",
            "El cliente usó el cupón {used} de {limit} veces.",
        ),
        Reason::LimitReached => (
            "The coupon was used {used} of {limit} times.",
            "El cupón se usó {used} de {limit} veces.",
        ),
        Reason::BudgetExceeded => (
            "{budget_used_minor} of the budget of {budget_minor} minor units are used, and this takes {discount_minor}.",
            "Se han usado {budget_used_minor} de las {budget_minor} unidades menores del presupuesto, y esto toma {discount_minor}.",
        ),
    };
    match language {
        Language::En => english,
        Language::Es => spanish,
    }
}
