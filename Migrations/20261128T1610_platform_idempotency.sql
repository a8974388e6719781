-- What the provider orders and only the system may do, such as draining a worker, marks its key as used in the transaction
-- that does it.
grant update (is_committed) on idempotency_keys to gatehouse_system;
