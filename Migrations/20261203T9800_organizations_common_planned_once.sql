-- Where assets and nodes lie together is asked for with each request, each grant and each path. A function in SQL that is not
-- part of the statement that calls it is planned again with each statement, which takes ten times as long as to run it; one in
-- PL/pgSQL is planned once. Most often all lie in one organization, and then nothing above it needs to be looked at.
create or replace function gatehouse_common_organization(tenant uuid, assets uuid[], nodes uuid[]) returns uuid
language plpgsql stable as $$
declare
  places uuid[];
begin
  places := array(
    select a.org_id from assets a where a.tenant_id = tenant and a.asset_id = any (assets)
    union
    select n.org_id from nodes n where n.tenant_id = tenant and n.node_id = any (nodes));
  if cardinality(places) = 1 then
    return places[1];
  end if;
  return coalesce((
    select c.ancestor_id
    from unnest(places) as p (org_id)
    join organization_closure c on c.tenant_id = tenant and c.descendant_id = p.org_id
    group by c.ancestor_id
    having count(*) = cardinality(places)
    order by (
      select count(*) from organization_closure d where d.tenant_id = tenant and d.descendant_id = c.ancestor_id) desc
    limit 1), tenant);
end
$$;
