mod audit;
mod retention;
mod sealed_view;
mod tenant_key;
