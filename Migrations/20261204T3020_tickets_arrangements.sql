-- Who named the owner of an asset or a folder, and who said the rest that flows go by, are marks of their own: one that stood
-- for both was settled with the owner alone, and a label that was said anew settled nothing of whoever had also named an owner.
-- Of the marks that there are nobody knows whether they stood for both, so they do.
alter table asset_arrangements add column gave_rest boolean not null default true;
alter table node_arrangements add column gave_rest boolean not null default true;
