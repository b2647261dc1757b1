"""What the operations of exported C cost. tests/boards/calibrate.py measures it and prints TABLE.

TIME      {(processor, type): {operation: instructions, on AVR cycles}}
CODE      {(processor, type): {operation: bytes}}
STACK     {(processor, type): bytes beside the numbers}
LIBRARY   {processor: [(bytes, the "type:operation"s that need them)]}
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Set, Tuple

    Costs = Dict[Tuple[str, str], Dict[str, float]]

TABLE = """\
ATmega328P float time abs=28.91 add=110.2 constant=4.08 cos=1760 divide=475.5 exp=2376
    file=52.81 greater=4.038 greater_or_equal=52.04 less=228.2 log=2338 multiply=144.1
    own_abs=142.3 own_cos=7512 own_erf=2.745e+04 own_exp=6724 own_expm1=8211 own_log=7208
    own_log1p=7597 own_sqrt=8437 own_tanh=1.216e+04 read=8.135 sqrt=469.8 store=22.53
    table=18.93 tanh=2829 where=8.892
ATmega328P float code add=16.62 constant=1.096 cos=12.76 divide=21.42 exp=12.21 file=114.3
    greater=42.01 greater_or_equal=34.88 less=0.837 log=12.83 loop=28.91 multiply=16.96
    own_abs=46.51 own_cos=1709 own_erf=3480 own_exp=1185 own_expm1=1393 own_log=1433
    own_log1p=1642 own_sqrt=1312 own_tanh=1665 read=5.352 sqrt=12.83 table=8.665 tanh=12.51
    turn=2.841 where=5.289
ATmega328P float stack beside=22
ATmega328P int8 time called_unit=447 lookup=43.98 near_pair_of_products=137.3 odd_pair=86.31
    odd_pair_of_products=158.7 pair=164.5 pair_of_products=145.1 product=67.11 unit=457.3
ATmega328P int8 code called_unit=59.78 file=318.5 lookup=4.012 loop=267.5
    near_pair_of_products=9.397 odd_pair=50.65 pair=0.06478 pair_of_products=11.24
ATmega328P int8 stack beside=39
ATmega328P int16 time called_unit=653.9 lookup=144.2 near_pair_of_products=125.3
    odd_pair_of_products=146 pair=9.032 pair_of_products=127.4 product=65.32 unit=636.1
ATmega328P int16 code called_unit=80.33 file=334.9 lookup=119.3 loop=242.5
    near_pair_of_products=5.818 odd_pair=53.33 pair=1.348 pair_of_products=9.249
ATmega328P int16 stack beside=40
ATmega328P 74 library float:add float:cos float:divide float:exp float:exponent float:ldexp
    float:log float:mantissa float:multiply float:sqrt float:subtract float:tanh
ATmega328P 88 library float:add float:cos float:divide float:exp float:exponent float:ldexp
    float:log float:mantissa float:multiply float:subtract float:tanh
ATmega328P 204 library float:add float:cos float:exp float:exponent float:log float:mantissa
    float:subtract float:tanh
ATmega328P 14 library float:add float:exp float:exponent float:log float:mantissa float:subtract
    float:tanh
ATmega328P 166 library float:cos
ATmega328P 210 library float:cos float:exp float:exponent float:ldexp float:log float:mantissa
    float:multiply float:tanh
ATmega328P 28 library float:cos float:exp float:log float:sqrt float:tanh
ATmega328P 78 library float:cos float:exp float:log float:tanh
ATmega328P 8 library float:cos float:exponent float:ldexp float:mantissa float:multiply
    float:tanh
ATmega328P 40 library float:cos float:tanh
ATmega328P 228 library float:divide float:exp float:tanh
ATmega328P 72 library float:equal float:exponent float:greater float:greater_or_equal
    float:ldexp float:less float:less_or_equal float:mantissa float:unequal
ATmega328P 10 library float:equal float:exponent float:ldexp float:less float:less_or_equal
    float:mantissa float:unequal
ATmega328P 392 library float:exp float:tanh
ATmega328P 122 library float:exponent float:log
ATmega328P 10 library float:greater float:greater_or_equal float:ldexp
ATmega328P 108 library float:ldexp
ATmega328P 250 library float:log
ATmega328P 154 library float:sqrt
ATmega328P 119 library float:tanh
Cortex-M0 double time abs=35.44 add=132.6 cos=4556 divide=627.5 erf=8631 exp=4633 expm1=6901
    file=42.9 greater_or_equal=57.82 less=255.5 log=5855 log1p=6490 multiply=291.6 own_abs=142
    own_cos=1.102e+04 own_erf=4.063e+04 own_exp=1.04e+04 own_expm1=1.182e+04 own_log=9601
    own_log1p=1.004e+04 own_sqrt=1.012e+04 own_tanh=1.634e+04 read=7.358 sqrt=1018 store=29.84
    tanh=8379
Cortex-M0 double code add=14.4 call=4.148 constant=6.073 cos=10.08 divide=16.56 erf=10.08
    exp=9.779 expm1=10.08 file=34.92 greater=22.13 greater_or_equal=14.6 log=12.34 log1p=12.34
    loop=10.83 multiply=12.76 negate=8.178 own_abs=18.45 own_cos=1408 own_erf=3090 own_exp=997.1
    own_expm1=1102 own_log=914.5 own_log1p=1045 own_sqrt=920.5 own_tanh=1399 read=3.821
    sqrt=12.34 table=3.792 tanh=16.15 turn=2.422 where=5.524
Cortex-M0 double stack beside=48
Cortex-M0 float time abs=2.499 add=68.41 constant=0.6123 cos=2060 divide=381.4 erf=4033 exp=2221
    expm1=3222 file=23.51 greater_or_equal=34.49 less=170.2 log=2732 log1p=3075 multiply=119.4
    own_abs=59.26 own_cos=4419 own_erf=1.792e+04 own_exp=4046 own_expm1=4729 own_log=4513
    own_log1p=4778 own_sqrt=5219 own_tanh=7088 read=4.49 sqrt=316.1 store=11.28 table=0.9554
    tanh=4019 turn=0.7671
Cortex-M0 float code add=11.66 call=8.236 constant=1.996 cos=4.716 divide=7.875 erf=4.716
    exp=4.563 expm1=4.716 file=14.35 greater=11.39 greater_or_equal=11.09 less=12.3 log=6.627
    log1p=6.627 loop=10.97 multiply=8.247 negate=3.581 own_abs=7.589 own_cos=777.6 own_erf=1836
    own_exp=528.6 own_expm1=643.1 own_log=603 own_log1p=691 own_sqrt=614.8 own_tanh=849.5
    sqrt=6.627 table=6.48 tanh=5.608 turn=2.532 where=6.019
Cortex-M0 float stack beside=36
Cortex-M0 int8 time called_unit=10.6 lookup=19.47 near_pair_of_products=23.96 odd_pair=63.1
    odd_pair_of_products=14.18 pair_of_products=14.49 product=7.326 unit=3.406
Cortex-M0 int8 code called_unit=24.67 file=92.06 lookup=17.18 loop=75.84
    near_pair_of_products=35.17 odd_pair=55.72 pair_of_products=48.1
Cortex-M0 int8 stack beside=56
Cortex-M0 int16 time called_unit=15.12 lookup=40.86 near_pair_of_products=24.57 odd_pair=46.56
    odd_pair_of_products=16.33 pair_of_products=15.44 product=7.318 unit=8.184
Cortex-M0 int16 code called_unit=16.91 file=95.45 lookup=34.73 loop=113.2
    near_pair_of_products=24.5 odd_pair=30.66 pair_of_products=24.02 product=3.709 stage=0.1676
    unit=4.676
Cortex-M0 int16 stack beside=64
Cortex-M0 60 library double:add double:cos double:divide double:erf double:exp double:expm1
    double:exponent double:ldexp double:log double:log1p double:mantissa double:multiply
    double:sqrt double:subtract double:tanh float:add float:cos float:divide float:erf float:exp
    float:expm1 float:exponent float:ldexp float:log float:log1p float:mantissa float:multiply
    float:sqrt float:subtract float:tanh
Cortex-M0 1796 library double:add double:cos double:erf double:exp double:expm1 double:exponent
    double:log double:log1p double:mantissa double:sqrt double:subtract double:tanh
Cortex-M0 1724 library double:add double:cos double:erf double:exp double:expm1 double:log
    double:log1p double:sqrt double:tanh
Cortex-M0 5760 library double:cos
Cortex-M0 4 library double:cos double:divide double:erf double:exp double:expm1 double:log
    double:log1p double:sqrt double:tanh
Cortex-M0 720 library double:cos double:equal double:erf double:exp double:expm1 double:exponent
    double:greater double:greater_or_equal double:ldexp double:less double:less_or_equal
    double:log double:log1p double:mantissa double:sqrt double:tanh double:unequal
Cortex-M0 1416 library double:cos double:erf double:exp double:expm1 double:exponent
    double:ldexp double:log double:log1p double:mantissa double:multiply double:sqrt double:tanh
Cortex-M0 96 library double:cos double:erf double:exp double:expm1 double:exponent double:log
    double:log1p double:tanh
Cortex-M0 120 library double:cos double:erf double:exp double:expm1 double:ldexp double:tanh
Cortex-M0 8 library double:cos double:erf double:tanh
Cortex-M0 1932 library double:divide double:erf double:exp double:expm1 double:log double:log1p
    double:sqrt double:tanh
Cortex-M0 3704 library double:erf
Cortex-M0 876 library double:erf double:exp
Cortex-M0 148 library double:exp
Cortex-M0 1 library double:exp double:log double:sqrt float:exp float:log float:sqrt
Cortex-M0 68 library double:expm1 double:log double:log1p double:sqrt double:tanh
Cortex-M0 340 library double:expm1 double:log1p double:tanh
Cortex-M0 1116 library double:expm1 double:tanh
Cortex-M0 1149 library double:log
Cortex-M0 1100 library double:log1p
Cortex-M0 548 library double:sqrt
Cortex-M0 260 library double:tanh
Cortex-M0 804 library float:add float:cos float:erf float:exp float:expm1 float:exponent
    float:log float:log1p float:mantissa float:sqrt float:subtract float:tanh
Cortex-M0 772 library float:add float:cos float:erf float:exp float:expm1 float:log float:log1p
    float:sqrt float:tanh
Cortex-M0 4680 library float:cos
Cortex-M0 512 library float:cos float:equal float:erf float:exp float:expm1 float:exponent
    float:greater float:greater_or_equal float:ldexp float:less float:less_or_equal float:log
    float:log1p float:mantissa float:sqrt float:tanh float:unequal
Cortex-M0 636 library float:cos float:erf float:exp float:expm1 float:exponent float:ldexp
    float:log float:log1p float:mantissa float:multiply float:sqrt float:tanh
Cortex-M0 152 library float:cos float:erf float:exp float:expm1 float:exponent float:log
    float:log1p float:tanh
Cortex-M0 64 library float:cos float:erf float:exp float:expm1 float:ldexp float:tanh
Cortex-M0 8 library float:cos float:erf float:tanh
Cortex-M0 700 library float:divide float:erf float:exp float:expm1 float:log float:log1p
    float:sqrt float:tanh
Cortex-M0 2648 library float:erf
Cortex-M0 600 library float:erf float:exp
Cortex-M0 116 library float:exp
Cortex-M0 44 library float:expm1 float:log float:log1p float:sqrt float:tanh
Cortex-M0 132 library float:expm1 float:log1p float:tanh
Cortex-M0 780 library float:expm1 float:tanh
Cortex-M0 825 library float:log
Cortex-M0 760 library float:log1p
Cortex-M0 248 library float:sqrt
Cortex-M0 200 library float:tanh
Cortex-M3 double time add=66.77 constant=3.91 cos=1345 divide=578.5 erf=3177 exp=1787 expm1=2446
    greater_or_equal=48.73 less=246.4 log=2070 log1p=2292 multiply=53.08 own_abs=46.27
    own_cos=3319 own_erf=1.813e+04 own_exp=3117 own_expm1=3666 own_log=3368 own_log1p=3647
    own_sqrt=5648 own_tanh=6300 sqrt=839.8 store=2.59 table=3.026 tanh=3308
Cortex-M3 double code add=12.04 call=9.216 constant=9.358 cos=11.46 divide=18.45 erf=11.46
    exp=9.887 expm1=11.46 file=23.88 greater=19.23 greater_or_equal=21.74 less=7.108 log=13.62
    log1p=13.62 loop=9.859 multiply=13.63 own_abs=11.52 own_cos=1454 own_erf=3317 own_exp=1072
    own_expm1=1113 own_log=956.6 own_log1p=1086 own_sqrt=920.5 own_tanh=1433 read=2.642
    sqrt=13.62 table=10.66 tanh=18.17 turn=0.2308 where=5.311
Cortex-M3 double stack beside=56
Cortex-M3 float time abs=5.519 add=53.6 cos=967.7 divide=150.1 erf=1800 exp=1034 expm1=1503
    file=2.619 greater=13.47 greater_or_equal=38.2 less=136.4 log=1219 log1p=1381 multiply=34.95
    own_abs=52.9 own_cos=2161 own_erf=8512 own_exp=1977 own_expm1=2379 own_log=2180
    own_log1p=2375 own_sqrt=2560 own_tanh=3742 read=0.4544 sqrt=316.5 store=5.348 table=2.261
    tanh=1866 turn=1.463 where=3.585
Cortex-M3 float code add=9.528 call=8.295 constant=3.234 cos=5.404 divide=11.47 erf=5.404
    exp=5.136 expm1=5.404 file=15.9 greater=14.72 greater_or_equal=18.03 less=21.88 log=6.921
    log1p=6.921 loop=17.21 multiply=8.391 own_abs=15.95 own_cos=769.7 own_erf=1817 own_exp=526
    own_expm1=645.1 own_log=600.7 own_log1p=692.3 own_sqrt=610 own_tanh=838.8 read=1.302
    sqrt=6.921 table=9.182 tanh=6.444 turn=0.1941 where=1.76
Cortex-M3 float stack beside=48
Cortex-M3 int8 time called_unit=27.42 lookup=15.15 near_pair_of_products=9.118 odd_pair=31.04
    odd_pair_of_products=9.176 pair_of_products=7.704 product=5.097 unit=21.28
Cortex-M3 int8 code called_unit=44.37 file=92.65 lookup=39.54 loop=54.46
    near_pair_of_products=48.36 odd_pair=102.1 pair_of_products=52.88
Cortex-M3 int8 stack beside=68
Cortex-M3 int16 time called_unit=31.59 lookup=22.3 near_pair_of_products=8.673 odd_pair=10.54
    odd_pair_of_products=10.01 pair_of_products=7.723 product=5.093 unit=20.73
Cortex-M3 int16 code called_unit=32.7 file=96.55 lookup=39.58 loop=86.47
    near_pair_of_products=24.14 odd_pair=44.58 pair=0.2388 pair_of_products=22.54
Cortex-M3 int16 stack beside=64
Cortex-M3 888 library double:add double:cos double:erf double:exp double:expm1 double:exponent
    double:log double:log1p double:mantissa double:sqrt double:subtract double:tanh
Cortex-M3 5244 library double:cos
Cortex-M3 272 library double:cos double:equal double:erf double:exp double:expm1 double:exponent
    double:greater double:greater_or_equal double:ldexp double:less double:less_or_equal
    double:log double:log1p double:mantissa double:sqrt double:tanh double:unequal
Cortex-M3 80 library double:cos double:erf double:exp double:expm1 double:ldexp double:tanh
Cortex-M3 8 library double:cos double:erf double:tanh
Cortex-M3 596 library double:cos double:exponent double:ldexp double:mantissa double:multiply
Cortex-M3 1060 library double:divide double:erf double:exp double:expm1 double:log double:log1p
    double:sqrt double:tanh
Cortex-M3 3856 library double:erf
Cortex-M3 908 library double:erf double:exp
Cortex-M3 140 library double:exp
Cortex-M3 1 library double:exp double:log double:sqrt float:exp float:log float:sqrt
Cortex-M3 44 library double:expm1 double:log double:log1p double:sqrt double:tanh
Cortex-M3 300 library double:expm1 double:log1p double:tanh
Cortex-M3 1148 library double:expm1 double:tanh
Cortex-M3 1153 library double:log
Cortex-M3 1108 library double:log1p
Cortex-M3 480 library double:sqrt
Cortex-M3 232 library double:tanh
Cortex-M3 540 library float:add float:cos float:erf float:exp float:expm1 float:exponent
    float:log float:log1p float:mantissa float:sqrt float:subtract float:tanh
Cortex-M3 4676 library float:cos
Cortex-M3 236 library float:cos float:equal float:erf float:exp float:expm1 float:exponent
    float:greater float:greater_or_equal float:ldexp float:less float:less_or_equal float:log
    float:log1p float:mantissa float:sqrt float:tanh float:unequal
Cortex-M3 76 library float:cos float:erf float:exp float:expm1 float:ldexp float:tanh
Cortex-M3 8 library float:cos float:erf float:tanh
Cortex-M3 360 library float:cos float:exponent float:ldexp float:mantissa float:multiply
Cortex-M3 672 library float:divide float:erf float:exp float:expm1 float:log float:log1p
    float:sqrt float:tanh
Cortex-M3 2496 library float:erf
Cortex-M3 588 library float:erf float:exp
Cortex-M3 108 library float:exp
Cortex-M3 44 library float:expm1 float:log float:log1p float:sqrt float:tanh
Cortex-M3 132 library float:expm1 float:log1p float:tanh
Cortex-M3 776 library float:expm1 float:tanh
Cortex-M3 745 library float:log
Cortex-M3 748 library float:log1p
Cortex-M3 248 library float:sqrt
Cortex-M3 188 library float:tanh
Cortex-M4F double time add=66.78 constant=3.775 cos=1347 divide=578.6 erf=3177 exp=1791
    expm1=2450 file=3.145 greater_or_equal=49.85 less=246.7 log=2070 log1p=2293 multiply=53.23
    own_abs=49.16 own_cos=3330 own_erf=1.815e+04 own_exp=3122 own_expm1=3672 own_log=3371
    own_log1p=3650 own_sqrt=5650 own_tanh=6297 sqrt=841.4 store=0.9256 table=2.79 tanh=3318
Cortex-M4F double code add=11.38 call=11.57 constant=10.71 cos=13.33 divide=15.87 erf=13.33
    exp=11.22 expm1=13.33 file=21.23 greater=16.04 greater_or_equal=21.24 less=2.398 log=13.79
    log1p=13.79 loop=9.581 multiply=13.76 negate=9.013 own_abs=12.79 own_cos=1449 own_erf=3372
    own_exp=1080 own_expm1=1129 own_log=949.7 own_log1p=1092 own_sqrt=915.7 own_tanh=1467
    read=3.103 sqrt=13.79 table=10.81 tanh=20.16 turn=0.5811 where=4.783
Cortex-M4F double stack beside=56
Cortex-M4F float time abs=2.471 add=1.09 cos=71.42 divide=0.6879 erf=84.16 exp=67.14 expm1=66.41
    file=6.29 greater=5.009 greater_or_equal=5.754 less=2.37 log=76.07 log1p=61.71
    multiply=1.008 negate=2.442 own_abs=5.359 own_cos=98.47 own_erf=334.2 own_exp=117.3
    own_expm1=152.3 own_log=88.18 own_log1p=96.04 own_sqrt=105.8 own_tanh=183.1 read=2.252
    sqrt=14.1 store=1.558 tanh=104.3 turn=2.727 where=0.002868
Cortex-M4F float code abs=0.8597 add=4.196 call=6.76 constant=4.481 cos=7.912 divide=5.859
    erf=7.912 exp=7.703 expm1=7.912 file=10.47 greater=12.04 greater_or_equal=18.03 less=11.6
    log=7.758 log1p=7.758 loop=14.86 multiply=4.162 own_abs=12.7 own_cos=497.1 own_erf=1334
    own_exp=429.1 own_expm1=502.4 own_log=500.1 own_log1p=555 own_sqrt=508 own_tanh=603.4
    read=5.05 sqrt=7.758 store=5.763 table=3.251 tanh=8.211 turn=1.068 where=1.489
Cortex-M4F float stack beside=8
Cortex-M4F int8 time called_unit=28.12 lookup=15.07 near_pair_of_products=8.866 odd_pair=31.13
    odd_pair_of_products=9.065 pair_of_products=7.629 product=5.082 unit=22.78
Cortex-M4F int8 code called_unit=36.14 file=92.64 lookup=40.93 loop=64.31
    near_pair_of_products=42.25 odd_pair=95.11 pair_of_products=43.04
Cortex-M4F int8 stack beside=65
Cortex-M4F int16 time called_unit=31.14 lookup=22.52 near_pair_of_products=8.699 odd_pair=13.46
    odd_pair_of_products=9.853 pair_of_products=7.738 product=5.096 unit=20.42
Cortex-M4F int16 code called_unit=25.41 file=96.51 lookup=39.83 loop=85.66
    near_pair_of_products=25.04 odd_pair=55.78 pair_of_products=23.62
Cortex-M4F int16 stack beside=64
Cortex-M4F 888 library double:add double:cos double:erf double:exp double:expm1 double:exponent
    double:log double:log1p double:mantissa double:sqrt double:subtract double:tanh
Cortex-M4F 5360 library double:cos
Cortex-M4F 272 library double:cos double:equal double:erf double:exp double:expm1
    double:exponent double:greater double:greater_or_equal double:ldexp double:less
    double:less_or_equal double:log double:log1p double:mantissa double:sqrt double:tanh
    double:unequal
Cortex-M4F 80 library double:cos double:erf double:exp double:expm1 double:ldexp double:tanh
Cortex-M4F 16 library double:cos double:erf double:tanh
Cortex-M4F 596 library double:cos double:exponent double:ldexp double:mantissa double:multiply
Cortex-M4F 1060 library double:divide double:erf double:exp double:expm1 double:log double:log1p
    double:sqrt double:tanh
Cortex-M4F 3992 library double:erf
Cortex-M4F 964 library double:erf double:exp
Cortex-M4F 188 library double:exp
Cortex-M4F 1 library double:exp double:log double:sqrt float:exp float:log float:sqrt
Cortex-M4F 44 library double:expm1 double:log double:log1p double:sqrt double:tanh
Cortex-M4F 384 library double:expm1 double:log1p double:tanh
Cortex-M4F 1216 library double:expm1 double:tanh
Cortex-M4F 1225 library double:log
Cortex-M4F 1156 library double:log1p
Cortex-M4F 524 library double:sqrt
Cortex-M4F 296 library double:tanh
Cortex-M4F 4128 library float:cos
Cortex-M4F 16 library float:cos float:erf float:tanh
Cortex-M4F 2020 library float:erf
Cortex-M4F 500 library float:erf float:exp
Cortex-M4F 144 library float:exp
Cortex-M4F 124 library float:expm1 float:log1p float:tanh
Cortex-M4F 624 library float:expm1 float:tanh
Cortex-M4F 629 library float:log
Cortex-M4F 564 library float:log1p
Cortex-M4F 88 library float:sqrt
Cortex-M4F 184 library float:tanh
"""

TIME: "Costs" = {}
CODE: "Costs" = {}
STACK: "Dict[Tuple[str, str], int]" = {}
LIBRARY: "Dict[str, List[Tuple[int, Set[str]]]]" = {}


def _read() -> None:
    """Fill the dictionaries from TABLE, in which names have an underscore for a space."""
    for line in TABLE.replace("\n    ", " ").splitlines():
        processor, second, what = line.split()[:3]
        items = [item.replace("_", " ") for item in line.split()[3:]]
        if what == "library":
            LIBRARY.setdefault(processor, []).append((int(second), set(items)))
            continue
        costs = {name: float(cost) for name, cost in [item.split("=") for item in items]}
        if what == "stack":
            STACK[processor, second] = int(costs["beside"])
        else:
            {"time": TIME, "code": CODE}[what][processor, second] = costs


_read()
