/** What `fractal doctor` says about one thing. */

/** `remedy`: the command that installs what is missing. */
export interface Finding {
  readonly topic: string;
  /** `less`: missing, and not needed. */
  readonly state: 'good' | 'less' | 'bad';
  readonly text: string;
  readonly remedy?: string;
}
