/** The types of Firestore's messages, which its package has but does not export by name. */
import type firestore from '@google-cloud/firestore';

export type Client = InstanceType<typeof firestore.v1.FirestoreClient>;
type BatchWriteRequest = NonNullable<Parameters<Client['batchWrite']>[0]>;
type Write = NonNullable<BatchWriteRequest['writes']>[number];

export type RunQueryRequest = NonNullable<Parameters<Client['runQuery']>[0]>;
export type Timestamp = NonNullable<RunQueryRequest['readTime']>;
export type ProtoDocument = NonNullable<Write['update']>;
export type Fields = NonNullable<ProtoDocument['fields']>;
export type Value = Fields[string];
