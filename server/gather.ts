import { setImmediate as turnEnd } from "node:timers/promises";

/**
 * Gathers the questions of one turn of the event loop, so that one query answers them all, such as
 * when thousands of clients come back at once.
 * @param answer answers many questions at once, none of them twice; what it throws, everybody gets
 * @returns a function that asks one and resolves with its answer, undefined if there is none
 */
export function gather<Question, Answer>(
  answer: (questions: Question[]) => Promise<ReadonlyMap<Question, Answer>>,
): (question: Question) => Promise<Answer | undefined> {
  let questions = new Set<Question>();
  let answers: Promise<ReadonlyMap<Question, Answer>> | null = null;
  return async (question) => {
    questions.add(question);
    answers ??= turnEnd().then(() => {
      const asked = [...questions];
      questions = new Set();
      answers = null;
      return answer(asked);
    });
    return (await answers).get(question);
  };
}
