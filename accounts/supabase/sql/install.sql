-- What the portal adds to a Supabase project. Run it as the role "postgres", as often as you like.
--
-- portal_sync.changes        one row for each change of an account, written with the change
-- portal_sync.log_change()   writes that row
-- portal_sync.tell_portal()  posts the change to the portal, signed as Standard Webhooks
--
-- Needs pg_net, pgcrypto (in the schema "extensions") and the secret portal_webhook_secret in
-- the Vault. Without them the portal is not told, and that is all: neither function can make
-- signing up or signing in fail.
--
-- Source: https://supabase.com/docs/guides/database/extensions/pg_net

begin;
set local lock_timeout = '5s';  -- rather fail than hold up people who are signing in

create schema if not exists portal_sync;
revoke all on schema portal_sync from public;

create table if not exists portal_sync.changes (
    id bigint generated always as identity primary key,
    -- Ids are handed out before the commit, so readers go by transaction: one that is older
    -- than every running one can bring no more rows.
    transaction xid8 not null default pg_current_xact_id(),
    user_id uuid not null,
    operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
    at timestamptz not null default clock_timestamp()
);
create index if not exists changes_in_order on portal_sync.changes (transaction, id);
create index if not exists changes_by_age on portal_sync.changes (at);
revoke all on portal_sync.changes from public;

-- The Auth server's role has no rights here, hence "security definer"; an empty search path
-- lets nobody slip another function in.
create or replace function portal_sync.log_change() returns trigger
language plpgsql security definer
set search_path = ''
set lock_timeout = '500ms'
as $$
begin
    insert into portal_sync.changes (user_id, operation)
    values (case when tg_op = 'DELETE' then old.id else new.id end, tg_op);
    delete from portal_sync.changes where id in (
        select id from portal_sync.changes
        where at < now() - interval '30 days'
        order by at limit 20 for update skip locked
    );
    return null;
exception when others then
    raise warning 'portal_sync: a change was not logged (%)', sqlstate;
    return null;
end $$;

create or replace function portal_sync.tell_portal() returns trigger
language plpgsql security definer
set search_path = ''
set lock_timeout = '500ms'
as $$
declare
    -- A user's row holds a password hash and tokens that sign in: only these leave.
    sent constant text[] := array[
        'id', 'aud', 'role', 'email', 'phone', 'email_confirmed_at', 'phone_confirmed_at',
        'raw_app_meta_data', 'raw_user_meta_data', 'is_sso_user', 'is_anonymous',
        'banned_until', 'deleted_at', 'created_at', 'updated_at'];
    message_id constant text := gen_random_uuid()::text;
    seconds constant text := floor(extract(epoch from clock_timestamp()))::bigint::text;
    secret text;
    person jsonb;
    message jsonb;
    signature text;
begin
    select decrypted_secret into strict secret
    from vault.decrypted_secrets where name = 'portal_webhook_secret';
    person := to_jsonb(case when tg_op = 'DELETE' then old else new end);
    select jsonb_build_object(
        'type', tg_op, 'schema', tg_table_schema, 'table', tg_table_name, 'old_record', null,
        'record', jsonb_object_agg(column_name, person -> column_name))
    into message
    from unnest(sent) as column_name where person ? column_name;
    -- pg_net sends this very text of the message.
    signature := 'v1,' || encode(extensions.hmac(
        convert_to(message_id || '.' || seconds || '.' || message::text, 'UTF8'),
        decode(regexp_replace(secret, '^v1,whsec_', ''), 'base64'),
        'sha256'), 'base64');
    perform net.http_post(
        url := {{ webhook_url }},
        body := message,
        headers := jsonb_build_object(
            'Content-Type', 'application/json', 'webhook-id', message_id,
            'webhook-timestamp', seconds, 'webhook-signature', signature),
        timeout_milliseconds := 5000);
    return null;
exception when others then
    -- Without the message, which may quote what must not reach a log.
    raise warning 'portal_sync: the portal was not told (%)', sqlstate;
    return null;
end $$;

revoke all on all functions in schema portal_sync from public;

-- Signing in changes last_sign_in_at and tokens, which concern nobody here.
create or replace trigger portal_log_new after insert or delete on auth.users
for each row execute function portal_sync.log_change();

create or replace trigger portal_log_changed after update on auth.users
for each row when ({{ changed }})
execute function portal_sync.log_change();

create or replace trigger portal_tell_new after insert or delete on auth.users
for each row execute function portal_sync.tell_portal();

create or replace trigger portal_tell_changed after update on auth.users
for each row when ({{ changed }})
execute function portal_sync.tell_portal();

{{ grants }}commit;
