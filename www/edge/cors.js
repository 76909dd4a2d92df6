// @ts-check

/** For routes that a page of any site may call. */
export const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after",
};

/** The answer to `OPTIONS`: a content type such as `application/cmcd` makes a browser ask first. */
export const CORS_PREFLIGHT = {
  ...CORS,
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "content-type",
  "access-control-max-age": "86400",
};
