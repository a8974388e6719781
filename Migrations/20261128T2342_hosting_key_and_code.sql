-- A key may be right and not enough: then the person is known, and a code is missing.
alter table admissions drop constraint admissions_stage_ck;
alter table admissions add constraint admissions_stage_ck check (stage in ('answers', 'challenge', 'code', 'admitted', 'refused'));
alter table admissions drop constraint admissions_admitted_ck;
alter table admissions add constraint admissions_admitted_ck check ((stage in ('code', 'admitted')) = (user_id is not null));
