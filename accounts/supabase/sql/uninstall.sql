-- Takes away everything that install.sql added, and the secret it signed with.

begin;
set local lock_timeout = '5s';

-- The triggers go with the functions: dropping them one by one would need the table's owner.
drop schema if exists portal_sync cascade;

do $$
begin
    delete from vault.secrets where name = 'portal_webhook_secret';
exception when others then
    raise warning 'The secret portal_webhook_secret is still in the Vault (%)', sqlstate;
end $$;

commit;
