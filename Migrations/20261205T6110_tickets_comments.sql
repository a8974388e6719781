-- Which answers of a level are given with a comment only.
alter table flow_levels
  add column needs_comment text not null default 'never',
  add constraint flow_levels_comment_ck check (needs_comment in ('never', 'approved', 'rejected', 'always'));
comment on column flow_levels.needs_comment is 'Which answers are given with a comment only';
alter table ticket_levels
  add column needs_comment text not null default 'never',
  add constraint ticket_levels_comment_ck check (needs_comment in ('never', 'approved', 'rejected', 'always'));
comment on column ticket_levels.needs_comment is 'Which answers are given with a comment only';
