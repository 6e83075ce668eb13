/** Jobs that were submitted from this page. */

import { useCallback, useState } from 'preact/hooks';
import type { Job } from '../answers.js';
import { messageOf, post } from '../api.js';
import { useLive } from '../live.js';
import type { Order } from './orders.js';

export interface Jobs {
  readonly all: readonly Job[];
  readonly sending: boolean;
  submit(order: Order): void;
}

const MOST_SHOWN = 8;

export function useJobs(): Jobs {
  const { notice } = useLive();
  const [all, setAll] = useState<readonly Job[]>([]);
  const [sending, setSending] = useState(false);
  const submit = useCallback(async (order: Order) => {
    setSending(true);
    try {
      const job = await post<Job>('/v1/jobs', order);
      setAll((now) => [job, ...now].slice(0, MOST_SHOWN));
      notice(`${order.outfile} is submitted`);
    } catch (error) {
      notice(messageOf(error), 'error');
    }
    setSending(false);
  }, []);
  return { all, sending, submit };
}
