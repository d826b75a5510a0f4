/** For who has signed in without a name, where such users make none. */
export function NoKeys() {
  return (
    <div className="no-keys">
      <p>
        Here only who has an account makes keys, and you have none yet. Add an email address and a password:
        your runs stay yours.
      </p>
      <button type="button" popoverTarget="account">
        Open your account
      </button>
    </div>
  );
}
