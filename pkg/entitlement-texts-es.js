// @ts-check

/** En español: the codes of `entitlement-texts-en.js`, in the same order. */
export const ES = {
  reason: {
    ACCOUNT_CLOSED: ["Esta cuenta está cerrada."],
    ACCOUNT_SUSPENDED: ["Esta cuenta está suspendida."],
    CHARGEBACK: ["Se devolvió un cobro. Hasta que se arregle no se reproduce nada."],
    PAST_DUE: [
      "Hay un pago pendiente desde el {since} y los días de gracia han pasado.",
      "Hay un pago atrasado y los días de gracia han pasado.",
    ],
    TITLE_UNKNOWN: ["Este título no está en el catálogo."],
    COUNTRY_UNKNOWN: ["No se sabe en qué país está, así que no se puede mostrar nada."],
    GEO_BLOCKED: [
      "Este título no tiene licencia para {country}.",
      "Este título no tiene licencia para su país.",
    ],
    NOT_YET_AVAILABLE: [
      "Este título se estrena el {opens_at}.",
      "Este título aún no está disponible.",
    ],
    NO_LONGER_AVAILABLE: ["Este título ya no está disponible."],
    BLACKOUT: [
      "Este título no se puede emitir ahora en {country}.",
      "Este título no se puede emitir ahora.",
    ],
    RATING_BLOCKED: [
      "Este título es para mayores de {rating}; este espectador puede ver hasta {max_rating}.",
      "Este título es para una edad mayor de la que puede ver este espectador.",
    ],
    GRANT_NOT_STARTED: [
      "Su derecho a este título empieza el {from}.",
      "Su derecho a este título aún no ha empezado.",
    ],
    GRANT_EXPIRED: [
      "Su derecho a este título terminó el {to}.",
      "Su derecho a este título ha terminado.",
    ],
    DEVICE_CLASS_BLOCKED: [
      "Su plan no se reproduce en {device_class}.",
      "Su plan no se reproduce en este tipo de dispositivo.",
    ],
    AD_TIER_EXCLUDED: ["Los planes con anuncios no incluyen este título."],
    NOT_ENTITLED: ["Nada de lo que tiene incluye este título."],
    DEVICE_LIMIT: [
      "Todos los dispositivos de su plan están ocupados ({device_limit}): quite antes uno.",
      "Todos los dispositivos de su plan están ocupados: quite antes uno.",
    ],
    STREAM_LIMIT: [
      "Todas las reproducciones de su plan están en marcha ({stream_limit}): pare antes una.",
      "Todas las reproducciones de su plan están en marcha: pare antes una.",
    ],
  },
  notice: {
    PAST_DUE_GRACE: [
      "Hay un pago pendiente: páguelo antes del {grace_until} para seguir viendo.",
      "Hay un pago pendiente: páguelo pronto para seguir viendo.",
    ],
  },
  rule: {
    account: [
      "La cuenta está {status} desde el {since}.",
      "La cuenta está {status}.",
      "La cuenta está en regla.",
    ],
    past_due: [
      "Hay un pago pendiente desde el {since}; la gracia termina el {grace_ends_at}.",
      "Hay un pago pendiente; hay {grace_days} días de gracia.",
      "No hay pagos pendientes.",
    ],
    title: ["El catálogo tiene {title}.", "El catálogo tiene el título."],
    country: ["El país es {country}.", "Se sabe el país."],
    territory: ["Con licencia para {country}.", "Con licencia para el país."],
    window: [
      "Abierto hasta el {open_until}.",
      "Abierto el {opens_at}.",
      "Hay un plazo de licencia abierto.",
    ],
    blackout: [
      "Sin emisión hasta el {until}.",
      "Se puede emitir hasta el {next_at}.",
      "Se puede emitir.",
    ],
    rating: [
      "Para mayores de {rating}, y se permite hasta {max_rating}.",
      "Para mayores de {rating}, y este espectador no tiene límite.",
      "La edad está permitida.",
    ],
    grant: [
      "Derecho {grant} ({kind} {plan}), del {from} al {to}.",
      "Derecho {grant} ({kind}), del {from} al {to}.",
      "Derecho {grant} ({kind}), desde el {from}.",
      "Derecho {grant} ({kind}).",
      "Un derecho que se puede usar.",
    ],
    entitlement: [
      "El mejor derecho es {grant}, hasta {max_height} líneas.",
      "Hay un derecho a este título.",
    ],
    device_limit: [
      "{devices} de {limit} dispositivos están registrados.",
      "Hay sitio para el dispositivo.",
    ],
    stream_limit: [
      "{streams} de {limit} reproducciones están en otros dispositivos.",
      "Hay sitio para la reproducción.",
    ],
  },
  obligation: {
    max_height: ["Imagen de hasta {max_height} líneas."],
    ads: ["Con anuncios."],
    no_ads: ["Sin anuncios."],
    expires_at: ["Este derecho termina el {expires_at}."],
  },
  device: {
    mobile: ["teléfonos y tabletas"],
    web: ["navegadores"],
    tv: ["televisores"],
    console: ["consolas de juegos"],
  },
  word: {
    active: ["activa"],
    past_due: ["con pagos pendientes"],
    suspended: ["suspendida"],
    chargeback: ["con un cobro devuelto"],
    closed: ["cerrada"],
    plan: ["plan"],
    trial: ["prueba"],
    purchase: ["compra"],
    rental: ["alquiler"],
    coupon: ["cupón"],
    free: ["gratis"],
  },
};
