/** What is wrong with a field, under it. */
export function Wrong({ id, text }: { id: string; text: string | undefined }) {
  return text === undefined ? null : (
    <p className="wrong" id={id}>
      {text}
    </p>
  );
}
