-- What had been shown in the browser by which somebody at a gateway confirmed that it is them: asked about again when they
-- had to wait for somebody's word. Null where nobody knows, as of a program.
alter table device_links add column second_factor_by text;
