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
ATmega328P float time abs=29.27 add=110.3 constant=4.023 cos=1761 divide=475.8 exp=2350
    file=61.6 greater=3.967 greater_or_equal=53.38 less=230.5 log=2339 multiply=144.4
    own_abs=142.6 own_cos=7514 own_erf=2.745e+04 own_exp=6717 own_expm1=8212 own_log=7209
    own_log1p=7598 own_sqrt=8438 own_tanh=1.216e+04 read=7.648 sqrt=470.9 store=18.49
    table=20.26 tanh=2832 where=8.864
ATmega328P float code add=15.78 constant=2.487 cos=15.61 divide=23.9 exp=14.82 file=103.5
    greater=51.01 greater_or_equal=41.98 log=16.38 loop=38.74 multiply=16.3 own_abs=37.19
    own_cos=1723 own_erf=3501 own_exp=1192 own_expm1=1394 own_log=1438 own_log1p=1653
    own_sqrt=1316 own_tanh=1689 read=2.527 sqrt=16.38 table=8.161 tanh=14.89 turn=0.3853
    where=0.06579
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
Cortex-M0 double time abs=39.23 add=132.7 cos=4558 divide=625.7 erf=8633 exp=4632 expm1=6902
    file=47.92 greater_or_equal=59.04 less=257.4 log=5857 log1p=6491 multiply=291.8
    own_abs=145.8 own_cos=1.102e+04 own_erf=4.063e+04 own_exp=1.04e+04 own_expm1=1.182e+04
    own_log=9602 own_log1p=1.004e+04 own_sqrt=1.013e+04 own_tanh=1.633e+04 read=7.932 sqrt=1019
    store=26.03 tanh=8378
Cortex-M0 double code add=13.37 call=5.289 constant=6.305 cos=12.28 divide=18.6 erf=12.28
    exp=12.35 expm1=12.28 file=36.05 greater=28.78 greater_or_equal=21.6 log=13.79 log1p=13.79
    loop=11.75 multiply=13.22 negate=14.61 own_abs=16.07 own_cos=1413 own_erf=3095 own_exp=998.6
    own_expm1=1104 own_log=915.4 own_log1p=1046 own_sqrt=921.4 own_tanh=1407 read=1.103
    sqrt=13.79 table=2.06 tanh=17.18 turn=4.048
Cortex-M0 double stack beside=48
Cortex-M0 float time abs=9.844 add=68.87 cos=2064 divide=378.3 erf=4037 exp=2220 expm1=3225
    file=33.19 greater_or_equal=37.45 less=175.5 log=2735 log1p=3078 multiply=119.9
    own_abs=66.64 own_cos=4422 own_erf=1.792e+04 own_exp=4043 own_expm1=4732 own_log=4515
    own_log1p=4781 own_sqrt=5222 own_tanh=7082 read=4.217 sqrt=318.4 store=6.545 table=2.196
    tanh=4017
Cortex-M0 float code add=10.62 call=8.017 constant=1.638 cos=6.114 divide=9.75 erf=6.114
    exp=6.015 expm1=6.114 file=15.66 greater=14.82 greater_or_equal=15.42 less=10.9 log=7.293
    log1p=7.293 loop=11.17 multiply=9.156 negate=7.079 own_abs=9.116 own_cos=780.3 own_erf=1840
    own_exp=535.1 own_expm1=647.3 own_log=604.9 own_log1p=692.9 own_sqrt=616.7 own_tanh=856.3
    read=0.4624 sqrt=7.293 table=5.08 tanh=7.101 turn=2.346 where=3.683
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
Cortex-M3 double time add=67.49 constant=2.247 cos=1347 divide=580.6 erf=3176 exp=1790
    expm1=2448 file=7.295 greater_or_equal=51.76 less=251.6 log=2070 log1p=2292 multiply=54.11
    own_abs=43.86 own_cos=3320 own_erf=1.813e+04 own_exp=3124 own_expm1=3667 own_log=3368
    own_log1p=3647 own_sqrt=5648 own_tanh=6299 sqrt=840 table=2.675 tanh=3308
Cortex-M3 double code add=11.46 call=8.82 constant=11.47 cos=9.136 divide=16.57 erf=9.136
    exp=7.939 expm1=9.136 file=22.72 greater=25.55 greater_or_equal=20.98 less=2.352 log=12.02
    log1p=12.02 loop=11.59 multiply=12.7 negate=4.959 own_abs=9.413 own_cos=1451 own_erf=3314
    own_exp=1068 own_expm1=1109 own_log=954.2 own_log1p=1083 own_sqrt=918.2 own_tanh=1429
    sqrt=12.02 table=7.245 tanh=14.85 turn=3.911 where=0.5232
Cortex-M3 double stack beside=56
Cortex-M3 float time abs=16.24 add=53.65 cos=965.1 divide=143.9 erf=1802 exp=1027 expm1=1501
    greater=12.61 greater_or_equal=37.29 less=141.3 log=1219 log1p=1380 multiply=34.43
    own_abs=63.65 own_cos=2160 own_erf=8512 own_exp=1968 own_expm1=2378 own_log=2180
    own_log1p=2374 own_sqrt=2560 own_tanh=3742 read=0.2561 sqrt=315.7 store=10.03 table=0.5404
    tanh=1862 turn=1.885 where=2.956
Cortex-M3 float code add=8.984 call=8.429 constant=3.886 cos=5.147 divide=12.33 erf=5.147
    exp=4.949 expm1=5.147 file=21.44 greater=14.08 greater_or_equal=15.58 less=19.92 log=6.897
    log1p=6.897 loop=16.73 multiply=8.042 negate=0.07317 own_abs=13.58 own_cos=770.8
    own_erf=1818 own_exp=524.7 own_expm1=643.9 own_log=600.4 own_log1p=691.9 own_sqrt=609.6
    own_tanh=849.2 sqrt=6.897 table=5.27 tanh=6.559 turn=2.794 where=3.078
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
Cortex-M4F double time add=67.36 constant=2.285 cos=1347 divide=580.2 erf=3175 exp=1793
    expm1=2451 file=7.979 greater_or_equal=51.71 less=249.7 log=2069 log1p=2292 multiply=54.11
    own_abs=45.83 own_cos=3330 own_erf=1.815e+04 own_exp=3128 own_expm1=3672 own_log=3370
    own_log1p=3649 own_sqrt=5649 own_tanh=6298 sqrt=840.6 table=2.393 tanh=3318
Cortex-M4F double code add=10.78 call=11.65 constant=13.02 cos=10.89 divide=13.13 erf=10.89
    exp=9.232 expm1=10.89 file=16.14 greater=21.36 greater_or_equal=18.75 less=0.3174 log=11.97
    log1p=11.97 loop=12.98 multiply=12.94 negate=12.23 own_abs=11.26 own_cos=1445 own_erf=3367
    own_exp=1075 own_expm1=1123 own_log=945.9 own_log1p=1088 own_sqrt=912 own_tanh=1463
    sqrt=11.97 table=7.454 tanh=16.66 turn=4.162 where=0.1668
Cortex-M4F double stack beside=56
Cortex-M4F float time abs=2.609 add=1.049 constant=0.1662 cos=71.14 divide=0.6352 erf=84.2
    exp=66.61 expm1=66.13 file=4.756 greater=4.672 greater_or_equal=4.763 less=2.435 log=76.14
    log1p=61.65 loop=3.837 multiply=0.7875 own_abs=5.515 own_cos=98.2 own_erf=334.1
    own_exp=117.4 own_expm1=152 own_log=88.11 own_log1p=95.98 own_sqrt=105.7 own_tanh=182.3
    read=2.18 sqrt=14.09 store=2.305 tanh=103.5 turn=2.163 where=0.6865
Cortex-M4F float code add=4.109 call=6.17 constant=4.735 cos=7.601 divide=6.213 erf=7.601
    exp=7.576 expm1=7.601 file=11.19 greater=9.607 greater_or_equal=14.7 less=6.772 log=7.542
    log1p=7.542 loop=13.26 multiply=4.069 negate=0.8889 own_abs=11.92 own_cos=498.5 own_erf=1335
    own_exp=436.4 own_expm1=503.1 own_log=501 own_log1p=555.9 own_sqrt=508.9 own_tanh=605.1
    read=3.173 sqrt=7.542 store=6.606 table=4.214 tanh=7.989 turn=2.558 where=4.351
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
