/** In the place of a page whose service does not answer. */

export function Unreached({ why, again }: { why: string; again(): void }) {
  return (
    <section class="empty" role="alert">
      <h1>No answer</h1>
      <p>{why}</p>
      <button type="button" class="button" onClick={again}>
        Try again
      </button>
    </section>
  );
}
