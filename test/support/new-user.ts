/** An ID token of a new anonymous user of the local identity server. */
export async function newUser(identity: string): Promise<{ token: string; uid: string }> {
  const response = await fetch(`${identity}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=local`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"returnSecureToken":true}',
  });
  const { idToken, localId } = (await response.json()) as { idToken: string; localId: string };
  return { token: idToken, uid: localId };
}
