import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunctionResource } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';

export interface CallScheduleProps {
  /** What is called. */
  readonly target: LambdaFunctionResource;

  /** How long after one call the next comes. */
  readonly rate: Duration;

  /** Said of the schedule in the console. */
  readonly description: string;

  /** Where calls end that failed twice. */
  readonly deadLetters: DeadLetters;
}

/** Calls a function again and again. A call that fails is tried once more; after that the next one comes anyway. */
export class CallSchedule extends Construct {
  constructor(scope: Construct, id: string, { target, rate, description, deadLetters }: CallScheduleProps) {
    super(scope, id);
    target.configureAsyncInvoke({
      retryAttempts: 1,
      maxEventAge: Duration.minutes(5),
      onFailure: new SqsDestination(deadLetters.queue),
    });
    new Rule(this, 'Resource', {
      description,
      schedule: Schedule.rate(rate),
      targets: [new LambdaFunction(target, { retryAttempts: 1, maxEventAge: Duration.minutes(5) })],
    });
  }
}
