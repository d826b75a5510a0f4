/**
 * The browser build of the `firebase` SDK inside Node. Its Node build speaks gRPC, so the files are loaded by path. It
 * streams by `fetch`, which Node has; for single calls it wants XMLHttpRequest, of which it uses little.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as AppSdk from 'firebase/app';
import type * as FirestoreSdk from 'firebase/firestore';
import type * as LiteSdk from 'firebase/firestore/lite';

const require = createRequire(import.meta.url);
const fromFirebase = createRequire(require.resolve('firebase/app'));
const packageDirectory = (name: string): string => dirname(fromFirebase.resolve(`${name}/package.json`));

/** The URL of a file that a package of the SDK does not export to Node. */
const packageUrl = (name: string, file: string): string =>
  pathToFileURL(join(packageDirectory(name), file)).href;

const load = async <Sdk>(name: string, file: string): Promise<Sdk> =>
  (await import(packageUrl(name, file))) as Sdk;

class FetchXmlHttpRequest {
  onreadystatechange: (() => void) | null = null;
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  withCredentials = false;
  responseType = '';
  #method = 'GET';
  #url = '';
  readonly #headers = new Headers();
  readonly #abort = new AbortController();

  get response(): string {
    return this.responseText;
  }

  open(method: string, url: string): void {
    this.#method = method;
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  getAllResponseHeaders(): string {
    return '';
  }

  getResponseHeader(): null {
    return null;
  }

  abort(): void {
    this.#abort.abort();
  }

  send(body?: string): void {
    void this.#perform(body);
  }

  async #perform(body: string | undefined): Promise<void> {
    const { signal } = this.#abort;
    try {
      const init = {
        method: this.#method,
        headers: this.#headers,
        signal,
        ...(body !== undefined && { body }),
      };
      const response = await fetch(this.#url, init);
      this.responseText = await response.text();
      this.statusText = response.statusText;
      this.status = response.status;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.status = 0; // as a browser reports any failure of the network
    }
    this.readyState = 4;
    this.onreadystatechange?.();
  }
}

Object.assign(globalThis, { XMLHttpRequest: FetchXmlHttpRequest });

/** The SDK's own way to plug its parts together, not in its public types. */
interface Internals {
  _addComponent(app: AppSdk.FirebaseApp, component: object): void;
}
interface ComponentSdk {
  Component: new (name: string, create: () => object, type: 'PRIVATE') => object;
}

export const app = await load<typeof AppSdk & Internals>('@firebase/app', 'dist/esm/index.esm.js');
export const { Component } = await load<ComponentSdk>('@firebase/component', 'dist/esm/index.esm.js');
export const sdk = await load<typeof FirestoreSdk>('@firebase/firestore', 'dist/index.esm.js');
export const lite = await load<typeof LiteSdk>('@firebase/firestore', 'dist/lite/index.browser.esm.js');
