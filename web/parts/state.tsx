/** The state of a job or worker: a coloured dot with its name. */

export function State({ state }: { state: string }) {
  return (
    <span class="state" data-state={state}>
      {state}
    </span>
  );
}
