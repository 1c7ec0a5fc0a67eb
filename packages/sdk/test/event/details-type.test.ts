/** The types that follow from the catalogue; tsc reads these lines, vitest only runs them. */
import { expectTypeOf, it } from 'vitest'
import type { JsonObject } from '../../dist/base/index.js'
import type { EventOf, TypedEvent } from '../../dist/event/index.js'
import type { DetailsOf, EventType, EventTypeWithDetails, FromSchema } from '../../dist/event/catalogue/index.js'

it('every name is a member of the union, and no other', () => {
  expectTypeOf<'api_key.created'>().toExtend<EventType>()
  expectTypeOf<'tenant.policy.created' | 'deployment.promote' | 'sealedlog.key.created'>().toExtend<EventType>()
  expectTypeOf<'api_key.create'>().not.toExtend<EventType>()
  expectTypeOf<string>().not.toExtend<EventType>()
})

it('details have the members of the row’s schema, each of which may be absent', () => {
  expectTypeOf<DetailsOf<'api_key.created'>>().toEqualTypeOf<{
    readonly id?: string
    readonly data?: { readonly scopes?: readonly string[] }
  }>()
  expectTypeOf<DetailsOf<'rate_limit.updated'>['changes_requested']>()
    .exclude(undefined)
    .toHaveProperty('max_requests_per_1_minute')
    .toEqualTypeOf<number | undefined>()
  expectTypeOf<DetailsOf<'certificates.activated'>>().toEqualTypeOf<{
    readonly certificates?: readonly { readonly id?: string; readonly name?: string }[]
  }>()
})

it('a closed list is a union of its words, and alternatives are told apart by theirs', () => {
  type Binding = DetailsOf<'role.bound_to_resource'>
  expectTypeOf<Binding['source']>().toEqualTypeOf<
    'role_toggle' | 'role_connector_update' | 'role_delete' | 'workspace_permissions' | 'connector_publish' | undefined
  >()
  expectTypeOf<Binding['enabled']>().toEqualTypeOf<boolean | undefined>()
  type Provider = NonNullable<NonNullable<DetailsOf<'external_storage.registered'>['data']>['provider']>
  expectTypeOf<Provider['type']>().toEqualTypeOf<'aws' | 'azure' | 'gcp' | 'oci' | undefined>()
  expectTypeOf<Extract<Provider, { readonly type?: 'oci' }>>().toEqualTypeOf<{
    readonly type?: 'oci'
    readonly bucket?: string
    readonly region?: string
    readonly tenancy_ocid?: string
  }>()
})

it('where nothing is documented, the details are free', () => {
  expectTypeOf<DetailsOf<'tunnel.created'>>().toEqualTypeOf<JsonObject>()
  expectTypeOf<DetailsOf<'key.create'>>().toEqualTypeOf<JsonObject>()
  expectTypeOf<DetailsOf<'login.succeeded'>>().toEqualTypeOf<JsonObject>()
  expectTypeOf<DetailsOf<'external_key.registered'>['data']>().toEqualTypeOf<JsonObject | undefined>()
  expectTypeOf<'api_key.created'>().toExtend<EventTypeWithDetails>()
  expectTypeOf<'tunnel.created' | 'key.create' | 'tenant.policy.created'>().not.toExtend<EventTypeWithDetails>()
})

it('a misspelt member, a wrong type and an undefined are refused', () => {
  // @ts-expect-error: scope, not scopes
  const misspelt: DetailsOf<'api_key.created'> = { id: 'key_1', data: { scope: ['x'] } }
  // @ts-expect-error: a number where a string belongs
  const wrong: DetailsOf<'project.deleted'> = { id: 7 }
  // @ts-expect-error: absent is said by leaving it out
  const absent: DetailsOf<'project.deleted'> = { id: undefined }
  // @ts-expect-error: no word of the list
  const other: DetailsOf<'role.bound_to_resource'> = { source: 'elsewhere' }
  expectTypeOf([misspelt, wrong, absent, other]).toBeArray()
})

it('known details are JSON, so they go wherever details may', () => {
  expectTypeOf<DetailsOf<EventType>>().toExtend<JsonObject>()
  expectTypeOf<FromSchema<{ type: 'array'; items: { type: 'number' } }>>().toEqualTypeOf<readonly number[]>()
})

it('an event of a type has that type’s details, and the union is told apart by its type', () => {
  expectTypeOf<EventOf<'user.added'>['details']>().toEqualTypeOf<DetailsOf<'user.added'> | undefined>()
  expectTypeOf<Extract<TypedEvent, { readonly type: 'user.added' }>>().toEqualTypeOf<EventOf<'user.added'>>()
  expectTypeOf<{ type: 'user.added'; details: { data: { rule: string } } }>().not.toExtend<EventOf<'user.added'>>()
})
